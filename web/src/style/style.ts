import type { LayerSpecification, SourceSpecification, StyleSpecification } from '@maplibre/maplibre-gl-style-spec'
import { areaLayers } from './areas.ts'
import { caseLayers, caseSource, heatLayers } from './cases.ts'
import { inkOf, type Ink, type Layers } from './expressions.ts'
import { groundLayers } from './ground.ts'
import { labelLayers } from './labels.ts'
import type { StyleOptions } from './options.ts'
import { chosenCase, chosenLayers, chosenLights, previewLayers, previewMarks } from './overlays.ts'
import type { Palette } from './palette.ts'
import { peopleLayers } from './people.ts'
import { countedShapes, reducedHints } from './reduced.ts'

/**
 * Which layers come in one tile. A source that no visible layer draws from costs no
 * request, but each source costs every frame: what is nearly always seen comes in one.
 * Buildings and heads are the most of a tile, and drawn from near only.
 */
export const tileSources = {
  ground: 'water,green,roads,counties,streets,communities,grids',
  buildings: 'buildings',
  groups: 'groups',
  cells: 'cells',
  households: 'households',
  heads: 'heads',
  links: 'links',
  units: 'units',
} as const

export type TileSource = keyof typeof tileSources

/**
 * The last zoom at which tiles of a source are asked for; nearer, the map enlarges them.
 * A tile unit of zoom 15 is a pixel at 18, and lines of the ground are broader than that.
 * What can be so dense that a tile of zoom 15 counts it is asked for from near, where it is not.
 */
export const lastZoom: Partial<Record<TileSource, number>> = { ground: 15, buildings: 15, heads: 15 }

function sources(options: StyleOptions): Record<string, SourceSpecification> {
  const all: Record<string, SourceSpecification> = {}
  if (options.basemap) all['basemap'] = options.basemap as SourceSpecification
  for (const name of Object.keys(tileSources) as TileSource[]) {
    const shown = tileSources[name].split(',').filter((layer) => isShown(layer, options))
    const nearest = lastZoom[name] === undefined ? {} : { maxzoom: lastZoom[name] }
    if (shown.length > 0) all[name] = { type: 'vector', url: `/tiles/${shown.join(',')}.json`, promoteId: 'id', ...nearest }
  }
  const { chosen, preview, heat, cases } = options.overlays ?? {}
  for (const [name, data] of Object.entries({ chosen, preview, heat })) {
    if (holds(data)) all[name] = { type: 'geojson', data }
  }
  if (cases) all['cases'] = caseSource(options.scale)
  return all
}

/** What holds nothing is left out: even an empty source costs every frame. */
function holds(data: GeoJSON.FeatureCollection | undefined): data is GeoJSON.FeatureCollection {
  return data !== undefined && data.features.length > 0
}

function isShown(layer: string, { layers }: StyleOptions): boolean {
  return layers === null || layers.some((name) => name === layer)
}

/** Whether a layer of the style has something to draw from. */
function hasSource(layer: LayerSpecification, options: StyleOptions): boolean {
  if (!('source' in layer) || typeof layer.source !== 'string' || !(layer.source in tileSources)) return true
  const of = layer['source-layer'] ?? ''
  const any = of === 'reduced' ? tileSources[layer.source as TileSource].split(',') : [of.replace(/_label$/, '')]
  return any.some((name) => isShown(name, options))
}

/** Draws the map in a palette. Addresses in the style are relative to the server's root. */
export function style(palette: Palette, options: StyleOptions): StyleSpecification {
  const ink = inkOf(palette, options)
  const overlays = overlayLayers(ink)
  return {
    version: 8,
    name: palette.name,
    sprite: '/sprites/icons',
    transition: { duration: options.fadeMS, delay: 0 },
    sources: sources(options),
    layers: [
      ...groundLayers(ink),
      ...overlays.ground,
      ...areaLayers(ink),
      ...countedShapes(ink),
      ...peopleLayers(ink),
      ...overlays.under,
      ...reducedHints(ink),
      ...labelLayers(ink),
      ...overlays.over,
    ].filter((layer) => hasSource(layer, options)),
  }
}

/** What pages lay over the map: on the ground, under the names, and over everything. */
function overlayLayers(ink: Ink): Record<'ground' | 'under' | 'over', Layers> {
  const { overlays } = ink.options
  if (!overlays) return { ground: [], under: [], over: [] }
  const chosen = holds(overlays.chosen)
  const preview = holds(overlays.preview)
  return {
    ground: holds(overlays.heat) ? heatLayers(ink) : [],
    under: [...(preview ? previewLayers(ink) : []), ...(chosen ? chosenLayers(ink) : [])],
    over: [
      ...(chosen ? chosenLights(ink) : []), ...(preview ? previewMarks(ink) : []),
      ...(overlays.cases ? caseLayers(ink) : []), ...(overlays.cases && chosen ? chosenCase(ink) : []),
    ],
  }
}
