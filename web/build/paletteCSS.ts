import type { Plugin } from 'vite'
import { pageCSS } from '../src/style/palette.ts'

const name = 'virtual:palettes.css'

/** Offers the palettes' page colours as a stylesheet, so pages need no inline style. */
export function paletteCSS(): Plugin {
  return {
    name: 'lintu-palette-css',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? pageCSS() : undefined),
  }
}
