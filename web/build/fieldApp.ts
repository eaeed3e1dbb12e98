import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformWithOxc, type Plugin, type Rolldown } from 'vite'
import { day } from '../src/style/palette.ts'
import { rasterizeIcon } from './sprite.ts'

type Bundle = Rolldown.OutputBundle

const source = join(import.meta.dirname, '../src')
/** Beside what the page's chunks name: drawn by the map and by the phone's home screen. */
const besides = ['sprites/icons.json', 'sprites/icons.png', 'sprites/icons@2x.json', 'sprites/icons@2x.png', 'field.webmanifest', 'icons/lamp-192.png']

const manifest = {
  id: '/field',
  name: '邻图 · 上报',
  short_name: '邻图',
  lang: 'zh-CN',
  start_url: '/field',
  scope: '/field',
  display: 'standalone',
  background_color: day.page.ground,
  theme_color: day.page.ground,
  icons: [
    { src: '/icons/lamp-192.png', sizes: '192x192', type: 'image/png' },
    { src: '/icons/lamp-512.png', sizes: '512x512', type: 'image/png' },
    { src: '/icons/lamp-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
}

/** Everything that the page may load, lazily loaded chunks included. */
function filesOf(bundle: Bundle, entry: string): Set<string> {
  const files = new Set<string>()
  const walk = (name: string) => {
    const item = bundle[name]
    if (!item || files.has(name)) return
    files.add(name)
    if (item.type !== 'chunk') return
    const { importedCss, importedAssets } = item.viteMetadata ?? {}
    for (const next of [...item.imports, ...item.dynamicImports, ...(importedCss ?? []), ...(importedAssets ?? [])]) walk(next)
  }
  const html = String((bundle[entry] as Rolldown.OutputAsset).source)
  for (const [, path] of html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)) walk(path!)
  return files
}

const hash = (content: Buffer | string) => createHash('sha256').update(content).digest('hex')

/**
 * Makes the field page an app: its manifest, its icons, and the service worker that
 * holds one build of it, of which it knows every file by its hash.
 */
export function fieldApp(): Plugin {
  return {
    name: 'lintu-field-app',
    apply: 'build',
    enforce: 'post',
    async generateBundle() {
      const emit = (fileName: string, content: string | Uint8Array) => this.emitFile({ type: 'asset', fileName, source: content })
      const lamp = readFileSync(join(source, 'ui/lamp.svg'), 'utf8')
      emit('field.webmanifest', `${JSON.stringify(manifest, null, 1)}\n`)
      emit('icons/lamp-192.png', await rasterizeIcon(lamp, 192))
      emit('icons/lamp-512.png', await rasterizeIcon(lamp, 512))
      // Phones cut a maskable icon round: the ground fills the square, the lamp keeps inside.
      const wide = lamp.replace('viewBox="0 0 32 32"', 'viewBox="-5 -5 42 42"').replace('<rect width="32" height="32" rx="7"', '<rect x="-5" y="-5" width="42" height="42"')
      emit('icons/lamp-maskable-512.png', await rasterizeIcon(wide, 512))
    },
    // Only what has been written has its last form.
    async writeBundle({ dir }, bundle) {
      if (!dir) throw new Error('the pages are written into no folder')
      const files: Record<string, string> = { '/field': hash(readFileSync(join(dir, 'field.html'))) }
      for (const name of [...filesOf(bundle, 'field.html'), ...besides].sort()) files[`/${name}`] = hash(readFileSync(join(dir, name)))
      const { code } = await transformWithOxc(readFileSync(join(source, 'field/worker.ts'), 'utf8'), 'worker.ts')
      const build = hash(JSON.stringify(files)).slice(0, 16)
      writeFileSync(join(dir, 'field-sw.js'), `const files = ${JSON.stringify(files, null, 1)}\nconst build = '${build}'\n${code.replace(/^export \{\s*\};?\s*$/m, '')}`)
    },
  }
}
