import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { encodePNG } from './png.ts'
import { signedDistances } from './sdf.ts'

const folder = join(import.meta.dirname, '../src/style/icons')
/** Room around a drawing for its halo, as a part of the icon's side. */
const margin = 1 / 8
/** How many times finer than the sprite the shapes are measured. */
const fine = 8

let ready: Promise<void> | undefined

function start(): Promise<void> {
  ready ??= initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')))
  return ready
}

/** The alpha of a drawing in a square of that many pixels, margin included. */
function rasterize(svg: string, wide: number): Uint8Array {
  const view = 24 / (1 - 2 * margin)
  const widened = svg.replace('viewBox="0 0 24 24"', `viewBox="${-view * margin} ${-view * margin} ${view} ${view}"`)
  const { pixels } = new Resvg(widened, { fitTo: { mode: 'width', value: wide } }).render()
  return Uint8Array.from({ length: wide * wide }, (_, i) => pixels[i * 4 + 3]!)
}

/** A drawing in its own colours, as PNG. */
export async function rasterizeIcon(svg: string, wide: number): Promise<Uint8Array> {
  await start()
  return new Resvg(svg, { fitTo: { mode: 'width', value: wide } }).render().asPng()
}

interface Sprite {
  png: Buffer
  json: string
}

/** Compiles the icons into one row, as distances, so that any palette can colour them. */
export async function compileSprite(pixelRatio: number): Promise<Sprite> {
  await start()
  const names = readdirSync(folder).filter((name) => name.endsWith('.svg')).sort()
  const size = 32 * pixelRatio
  const width = size * names.length
  const greyAlpha = new Uint8Array(width * size * 2)
  const index: Record<string, object> = {}
  names.forEach((name, n) => {
    const alpha = rasterize(readFileSync(join(folder, name), 'utf8'), size * fine)
    signedDistances(alpha, size, fine).forEach((value, i) => {
      greyAlpha[(Math.floor(i / size) * width + n * size + (i % size)) * 2 + 1] = value
    })
    index[name.replace('.svg', '')] = { x: n * size, y: 0, width: size, height: size, pixelRatio, sdf: true }
  })
  return { png: encodePNG(width, size, greyAlpha), json: `${JSON.stringify(index, null, 1)}\n` }
}
