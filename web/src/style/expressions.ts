import type { ExpressionSpecification, LayerSpecification } from '@maplibre/maplibre-gl-style-spec'
import type { MapPalette, Palette } from './palette.ts'
import type { StyleOptions, Switch } from './options.ts'

/** What every group of layers is drawn from. */
export interface Ink {
  c: MapPalette
  palette: Palette
  options: StyleOptions
  /** Scales a length in pixels of the 1080p design. */
  px: (n: number) => number
  /** The zoom at which the ground is as large beside type and lines as at this zoom of the 1080p design. */
  deep: (zoom: number) => number
  /** The layout that a switch governs. */
  shown: (name: Switch) => { visibility: 'visible' | 'none' }
}

export type Layers = LayerSpecification[]

export function inkOf(palette: Palette, options: StyleOptions): Ink {
  return {
    c: palette.map,
    palette,
    options,
    px: (n) => Math.round(n * options.scale * 100) / 100,
    deep: (zoom) => zoom + Math.log2(options.scale),
    shown: (name) => ({ visibility: options.hidden.has(name) ? 'none' : 'visible' }),
  }
}

/** Interpolates over zoom: pairs of zoom and value. */
export function byZoom(...stops: [number, number | ExpressionSpecification][]): ExpressionSpecification {
  return ['interpolate', ['linear'], ['zoom'], ...stops.flat()] as ExpressionSpecification
}

/** Grows by the same factor from zoom to zoom, as things on the ground do. */
export function byZoomSteep(...stops: [number, number | ExpressionSpecification][]): ExpressionSpecification {
  return ['interpolate', ['exponential', 1.6], ['zoom'], ...stops.flat()] as ExpressionSpecification
}

/**
 * A number below n from the last three characters of an area's code, so that
 * neighbours, which are numbered in sequence, differ. Codes that do not end in
 * digits give 0.
 */
export function hashOfCode(n: number): ExpressionSpecification {
  const code: ExpressionSpecification = ['to-string', ['get', 'code']]
  return ['%', ['to-number', ['slice', code, ['-', ['length', code], 3]], 0], n]
}

/** Chooses by a number below the length of the list. QGIS wants the labels of match as lists. */
export function pick(number: ExpressionSpecification, values: readonly string[]): ExpressionSpecification {
  const arms = values.slice(1).flatMap((value, i) => [[i + 1], value])
  return ['match', number, ...arms, values[0]] as unknown as ExpressionSpecification
}
