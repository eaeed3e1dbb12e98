import type { Ink, Layers } from './expressions.ts'
import { buildingDetail } from './ground.ts'
import { clusterRadius, headDetail } from './people.ts'
import { quietLine, quietPaint } from './labels.ts'
import type { Switch } from './options.ts'

/**
 * Layers of which tiles may hold cells with a count instead of features: source, layer, what
 * they are switched by, and from which zoom on they are drawn. Below that the source is not
 * asked for.
 */
const countable: readonly (readonly [source: string, layer: string, name: Switch, from: number])[] = [
  ['base', 'water', 'ground', 0], ['base', 'green', 'ground', 0], ['base', 'roads', 'ground', 0], ['buildings', 'buildings', 'buildings', buildingDetail],
  ['links', 'links', 'links', 0], ['households', 'households', 'households', 0], ['heads', 'heads', 'heads', headDetail], ['units', 'units', 'units', 0],
]

const since = (deep: Ink['deep'], from: number) => (from > 0 ? { minzoom: deep(from) } : {})

/** Small shapes that were counted, as discs; people have marks of their own, and units their number. */
export function countedShapes({ c, px, deep, shown }: Ink): Layers {
  const colors: Record<string, string> = { water: c.waterLine, green: c.green, roads: c.road, buildings: c.buildingLine, links: c.chosenLink }
  return countable.flatMap(([source, layer, name, from]): Layers => {
    const color = colors[layer]
    return color === undefined ? [] : [{ id: `${layer}-cluster`, type: 'circle', source, 'source-layer': layer, ...since(deep, from), filter: ['has', 'count'], layout: shown(name),
      paint: { 'circle-color': color, 'circle-opacity': 0.7, 'circle-radius': clusterRadius(px, 1.5, 0.8, 14) } }]
  })
}

/** A hint in tiles of which a layer stands for more than it draws. */
export function reducedHints(ink: Ink): Layers {
  return countable.map(([source, layer, name, from]) => ({
    id: `${layer}-reduced`, type: 'symbol', source, 'source-layer': 'reduced', ...since(ink.deep, from),
    filter: ['all', ['==', ['get', 'layer'], layer], ['>', ['get', 'rows'], ['get', 'features']]],
    layout: { ...quietLine(ink, ink.options.words.reduced), ...ink.shown(name), 'text-padding': ink.px(60) }, paint: quietPaint(ink),
  }))
}
