import { byZoom, byZoomSteep, hashOfCode, pick, type Ink, type Layers } from './expressions.ts'

/** Ground, communities as quiet fills, and the base map on them. */
export function groundLayers(ink: Ink): Layers {
  return [...earth(ink), ...foreign(ink), ...landscape(ink), ...roads(ink), ...buildings(ink)]
}

/** A configured vector source, read by the OpenMapTiles schema, which most such servers speak. */
function foreign({ c, options, px }: Ink): Layers {
  if (options.basemap?.type !== 'vector') return []
  const source = 'basemap'
  return [
    { id: 'basemap-landcover', type: 'fill', source, 'source-layer': 'landcover', paint: { 'fill-color': c.green } },
    { id: 'basemap-water', type: 'fill', source, 'source-layer': 'water', paint: { 'fill-color': c.water } },
    { id: 'basemap-roads', type: 'line', source, 'source-layer': 'transportation', paint: { 'line-color': c.road, 'line-width': byZoomSteep([8, px(0.4)], [14, px(1.6)], [18, px(10)]) } },
    { id: 'basemap-buildings', type: 'fill', source, 'source-layer': 'building', paint: { 'fill-color': c.building } },
  ]
}

function earth({ c, options, shown, palette }: Ink): Layers {
  const layers: Layers = [{ id: 'ground', type: 'background', paint: { 'background-color': c.ground } }]
  if (options.basemap?.type === 'raster') {
    layers.push({ id: 'basemap', type: 'raster', source: 'basemap', paint: { 'raster-opacity': palette.dark ? 0.35 : 0.8 } })
  }
  layers.push({
    id: 'communities-fill', type: 'fill', source: 'ground', 'source-layer': 'communities', layout: shown('communities'),
    paint: { 'fill-color': pick(hashOfCode(6), c.communities), 'fill-opacity': options.basemap ? 0.35 : 1, 'fill-antialias': false },
  })
  return layers
}

function landscape({ c, shown, px, palette }: Ink): Layers {
  return [
    { id: 'green', type: 'fill', source: 'ground', 'source-layer': 'green', layout: shown('ground'),
      paint: { 'fill-color': c.green, 'fill-opacity': byZoom([10, palette.dark ? 0.35 : 0.5], [15, palette.dark ? 0.7 : 0.9]) } },
    { id: 'water', type: 'fill', source: 'ground', 'source-layer': 'water', layout: shown('ground'),
      // From there on a line lies on its edge.
      paint: { 'fill-color': c.water, 'fill-antialias': ['step', ['zoom'], true, 12, false] } },
    { id: 'water-line', type: 'line', source: 'ground', 'source-layer': 'water', minzoom: 12, layout: shown('ground'),
      paint: { 'line-color': c.waterLine, 'line-width': byZoom([12, px(0.4)], [17, px(1.4)]) } },
  ]
}

/** Classes of roads, broad ones last so that they lie on top. */
const roadClasses = [
  { id: 'minor', classes: null, minzoom: 13, width: [[13, 0.5], [16, 3], [19, 18]], major: false },
  { id: 'secondary', classes: ['secondary', 'tertiary'], minzoom: 11, width: [[11, 0.5], [14, 1.6], [19, 26]], major: false },
  { id: 'major', classes: ['motorway', 'trunk', 'primary'], minzoom: 9, width: [[9, 0.6], [12, 1.4], [14, 2.6], [19, 38]], major: true },
] as const

const broad = roadClasses.flatMap((r) => [...(r.classes ?? [])])

function roads({ c, shown, px }: Ink): Layers {
  const casings: Layers = []
  const tops: Layers = []
  for (const road of roadClasses) {
    const classes = road.classes ? [...road.classes] : broad
    const inClasses = ['match', ['get', 'class'], classes, road.classes !== null, road.classes === null]
    const width = (extra: number) => byZoomSteep(...road.width.map(([z, w]): [number, number] => [z, px(w + extra)]))
    const common = {
      type: 'line' as const, source: 'ground', 'source-layer': 'roads', minzoom: road.minzoom,
      filter: inClasses as never,
      layout: { ...shown('ground'), 'line-cap': 'round' as const, 'line-join': 'round' as const },
    }
    // Not from its own zoom on: as it is, both are drawn from the same shapes.
    casings.push({ ...common, id: `roads-${road.id}-casing`,
      paint: { 'line-color': c.roadCasing, 'line-width': width(1.4), 'line-opacity': ['step', ['zoom'], 0, 12, 1] } })
    tops.push({ ...common, id: `roads-${road.id}`,
      paint: { 'line-color': road.major ? c.roadMajor : c.road, 'line-width': width(0) } })
  }
  return [...casings, ...tops]
}

/** First zoom at which tiles hold buildings. */
export const buildingDetail = 13

function buildings({ c, shown, px, deep }: Ink): Layers {
  const common = { source: 'buildings', 'source-layer': 'buildings', layout: shown('buildings') }
  return [
    { ...common, id: 'buildings', type: 'fill', minzoom: deep(buildingDetail),
      paint: { 'fill-color': c.building, 'fill-opacity': byZoom([deep(buildingDetail), 0.3], [deep(15), 1]), 'fill-antialias': ['step', ['zoom'], true, deep(15), false] } },
    { ...common, id: 'buildings-line', type: 'line', minzoom: deep(15),
      paint: { 'line-color': c.buildingLine, 'line-width': byZoom([deep(15), px(0.3)], [deep(18), px(1)]) } },
  ]
}
