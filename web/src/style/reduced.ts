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
  ['ground', 'water', 'ground', 0], ['ground', 'green', 'ground', 0], ['ground', 'roads', 'ground', 0], ['buildings', 'buildings', 'buildings', buildingDetail],
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

/** A hint in tiles of which a layer stands for more than it draws; one for what is switched together. */
export function reducedHints(ink: Ink): Layers {
  const hints = new Map(countable.map(([source, , name, from]) => [source, { name, from, layers: countable.flatMap(([of, layer]) => (of === source ? [layer] : [])) }]))
  return [...hints].map(([source, { name, from, layers }]) => ({
    id: `${source}-reduced`, type: 'symbol', source, 'source-layer': 'reduced', ...since(ink.deep, from),
    filter: ['all', ['match', ['get', 'layer'], layers, true, false], ['>', ['get', 'rows'], ['get', 'features']]],
    layout: { ...quietLine(ink, ink.options.words.reduced), ...ink.shown(name), 'text-padding': ink.px(60) }, paint: quietPaint(ink),
  }))
}
