import type { Basemap, LayerName } from '../api/types.ts'
import { messages } from '../messages.ts'

/** What a reader of the map can switch on and off, in the order of the legend. */
export const switches = [
  'communities', 'groups', 'grids', 'cells', 'households', 'heads', 'links', 'units', 'buildings', 'ground', 'names',
] as const
export type Switch = (typeof switches)[number]

/** What the map does not show until somebody asks for it. */
export const hiddenAtFirst: readonly Switch[] = ['groups', 'cells', 'links', 'units']

export interface Words {
  households: string
  heads: string
  /** Where tiles count what they have no room to draw. */
  reduced: string
}

export interface StyleOptions {
  /** Multiplies type, lines and lights: 1 at 1080p, 2 on a 4K wall. */
  scale: number
  /** Words that the map itself writes. */
  words: Words
  hidden: ReadonlySet<Switch>
  /** The layers that are shown to whoever looks, and no other is asked for; null is all. */
  layers: readonly LayerName[] | null
  /** Whether something is chosen, so that the rest steps back. */
  dimmed: boolean
  /** What an operator configured to lie under everything. */
  basemap: Basemap | null
  /** Length of fades in milliseconds. */
  fadeMS: number
  /** What is chosen, and what is only proposed; null leaves their layers out. */
  overlays: Overlays | null
}

export interface Overlays {
  chosen: GeoJSON.FeatureCollection
  preview: GeoJSON.FeatureCollection
  /** Where cases are frequent. */
  heat?: GeoJSON.FeatureCollection
  /** Whether pins of cases are drawn; they come by the adapter, not by the style. */
  cases?: boolean
}

/** The style as served at /styles: everything that needs no page around it. */
export const published: StyleOptions = {
  scale: 1,
  words: { households: messages.mapHouseholds.zh, heads: messages.heads.zh, reduced: messages.mapReduced.zh },
  hidden: new Set(hiddenAtFirst),
  layers: null,
  dimmed: false,
  basemap: null,
  fadeMS: 180,
  overlays: null,
}
