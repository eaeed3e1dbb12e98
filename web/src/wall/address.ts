import type { LayerName } from '../api/types'
import type { Picked } from '../map/pick'
import type { View } from '../map/view'
import { hiddenAtFirst, switches, type Switch } from '../style/options'
import { palettes, type Theme } from '../style/palette'

/** What the page's address remembers of the wall. */
export interface Address {
  view: View | null
  theme: Theme | null
  hidden: ReadonlySet<Switch> | null
  picked: Picked | null
  /** What the operator has switched on, so that it goes on after the page was loaded anew. */
  modes: readonly Mode[]
}

export const modes = ['heat', 'tour'] as const
export type Mode = (typeof modes)[number]

const cardLayers: readonly LayerName[] = ['counties', 'streets', 'communities', 'groups', 'grids', 'cells', 'households', 'heads', 'units', 'cases', 'buildings', 'roads', 'water', 'green']

/**
 * Reads `#map=zoom/lat/lon&theme=day&layers=communities,grids&pick=heads/<id>&on=heat,tour`,
 * latitude first as in other maps' addresses. What makes no sense is left out.
 */
export function readAddress(hash: string): Address {
  const words = new URLSearchParams(hash.replace(/^#/, ''))
  const theme = words.get('theme')
  const layers = words.get('layers')
  return {
    view: readView(words.get('map')),
    theme: theme !== null && theme in palettes ? (theme as Theme) : null,
    hidden: layers === null ? null : hiddenFrom(layers.split(',')),
    picked: readPicked(words.get('pick')),
    modes: modes.filter((mode) => words.get('on')?.split(',').includes(mode)),
  }
}

function readView(text: string | null): View | null {
  const parts = (text ?? '').split('/')
  const [zoom, lat, lon] = parts.map(Number)
  if (parts.length !== 3 || parts.includes('') || zoom === undefined || lat === undefined || lon === undefined) return null
  const sane = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85.06 && Math.abs(lon) <= 180
  return sane ? { center: [lon, lat], zoom } : null
}

function hiddenFrom(shown: string[]): ReadonlySet<Switch> {
  return new Set(switches.filter((name) => !shown.includes(name)))
}

function readPicked(text: string | null): Picked | null {
  const [layer, id, ...rest] = (text ?? '').split('/')
  const known = cardLayers.find((name) => name === layer)
  return known && id && rest.length === 0 ? { layer: known, id } : null
}

export function writeAddress({ view, theme, hidden, picked, modes }: Address): string {
  const words: string[] = []
  if (view) words.push(`map=${view.zoom.toFixed(2)}/${view.center[1].toFixed(5)}/${view.center[0].toFixed(5)}`)
  if (theme) words.push(`theme=${theme}`)
  if (hidden && !isDefault(hidden)) words.push(`layers=${switches.filter((name) => !hidden.has(name)).join(',')}`)
  if (picked) words.push(`pick=${picked.layer}/${encodeURIComponent(picked.id)}`)
  if (modes.length > 0) words.push(`on=${modes.join(',')}`)
  return `#${words.join('&')}`
}

function isDefault(hidden: ReadonlySet<Switch>): boolean {
  return hidden.size === hiddenAtFirst.length && hiddenAtFirst.every((name) => hidden.has(name))
}
