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
 * Which layers come in one tile. What is switched off together is asked for
 * together: a source that no visible layer draws from costs no request. Buildings and
 * heads are the most of a tile, and drawn from near only.
 */
export const tileSources = {
  base: 'water,green,roads',
  buildings: 'buildings',
  areas: 'counties,streets,communities,grids',
  groups: 'groups',
  cells: 'cells',
  households: 'households',
  heads: 'heads',
  links: 'links',
  units: 'units',
} as const

function sources(options: StyleOptions): Record<string, SourceSpecification> {
  const all: Record<string, SourceSpecification> = {}
  if (options.basemap) all['basemap'] = options.basemap as SourceSpecification
  for (const [name, layers] of Object.entries(tileSources)) {
    const shown = layers.split(',').filter((layer) => isShown(layer, options))
    if (shown.length > 0) all[name] = { type: 'vector', url: `/tiles/${shown.join(',')}.json`, promoteId: 'id' }
  }
  if (options.overlays) {
    all['chosen'] = { type: 'geojson', data: options.overlays.chosen }
    all['preview'] = { type: 'geojson', data: options.overlays.preview }
    if (options.overlays.heat) all['heat'] = { type: 'geojson', data: options.overlays.heat }
    if (options.overlays.cases) all['cases'] = caseSource(options.scale)
  }
  return all
}

function isShown(layer: string, { layers }: StyleOptions): boolean {
  return layers === null || layers.some((name) => name === layer)
}

/** Whether a layer of the style has something to draw from. */
function hasSource(layer: LayerSpecification, options: StyleOptions): boolean {
  if (!('source' in layer) || typeof layer.source !== 'string' || !(layer.source in tileSources)) return true
  const of = layer['source-layer'] === 'reduced' ? layer.id.replace(/-reduced$/, '') : (layer['source-layer'] ?? '').replace(/_label$/, '')
  return isShown(of, options)
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
  return {
    ground: overlays.heat ? heatLayers(ink) : [],
    under: [...previewLayers(ink), ...chosenLayers(ink)],
    over: [...chosenLights(ink), ...previewMarks(ink), ...(overlays.cases ? [...caseLayers(ink), ...chosenCase(ink)] : [])],
  }
}
