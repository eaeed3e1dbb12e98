import type { Plugin } from 'vite'
import { published } from '../src/style/options.ts'
import { palettes } from '../src/style/palette.ts'
import { style } from '../src/style/style.ts'
import { compileSprite } from './sprite.ts'

/** Styles and sprite, by file name under dist. */
async function files(): Promise<Map<string, string | Buffer>> {
  const all = new Map<string, string | Buffer>()
  for (const palette of Object.values(palettes)) {
    all.set(`styles/${palette.name}.json`, `${JSON.stringify(style(palette, published), null, 1)}\n`)
  }
  for (const [suffix, pixelRatio] of [['', 1], ['@2x', 2]] as const) {
    const sprite = await compileSprite(pixelRatio)
    all.set(`sprites/icons${suffix}.png`, sprite.png)
    all.set(`sprites/icons${suffix}.json`, sprite.json)
  }
  return all
}

/** Writes the styles and the sprite beside the pages. */
export function styleFiles(): Plugin {
  return {
    name: 'lintu-styles',
    apply: 'build',
    async generateBundle() {
      for (const [name, source] of await files()) this.emitFile({ type: 'asset', fileName: name, source })
    },
  }
}
