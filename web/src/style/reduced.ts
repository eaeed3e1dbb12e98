import type { Ink, Layers } from './expressions.ts'
import { clusterRadius } from './people.ts'
import { quietLine, quietPaint } from './labels.ts'
import type { Switch } from './options.ts'

/** Layers of which tiles may hold cells with a count instead of features, and what they are switched by. */
const countable = [
  ['base', 'water', 'ground'], ['base', 'green', 'ground'], ['base', 'roads', 'ground'], ['base', 'buildings', 'buildings'], ['links', 'links', 'links'],
  ['people', 'households', 'households'], ['people', 'heads', 'heads'], ['units', 'units', 'units'],
] as const satisfies readonly (readonly [string, string, Switch])[]

/** Small shapes that were counted, as discs; people have marks of their own, and units their number. */
export function countedShapes({ c, px, shown }: Ink): Layers {
  const colors: Record<string, string> = { water: c.waterLine, green: c.green, roads: c.road, buildings: c.buildingLine, links: c.chosenLink }
  return countable.flatMap(([source, layer, name]): Layers => {
    const color = colors[layer]
    return color === undefined ? [] : [{ id: `${layer}-cluster`, type: 'circle', source, 'source-layer': layer, filter: ['has', 'count'], layout: shown(name),
      paint: { 'circle-color': color, 'circle-opacity': 0.7, 'circle-radius': clusterRadius(px, 1.5, 0.8, 14) } }]
  })
}

/** A hint in tiles of which a layer stands for more than it draws. */
export function reducedHints(ink: Ink): Layers {
  return countable.map(([source, layer, name]) => ({
    id: `${layer}-reduced`, type: 'symbol', source, 'source-layer': 'reduced',
    filter: ['all', ['==', ['get', 'layer'], layer], ['>', ['get', 'rows'], ['get', 'features']]],
    layout: { ...quietLine(ink, ink.options.words.reduced), ...ink.shown(name), 'text-padding': ink.px(60) }, paint: quietPaint(ink),
  }))
}
