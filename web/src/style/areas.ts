import { byZoom, type Ink, type Layers } from './expressions.ts'

/**
 * Tiles carry 8 pixels of their neighbours. A line of an area twice as broad
 * would show where the tile cut the area.
 */
const broadest = 16

/** Borders, fine to strong, so that the wider area's line lies on top. */
export function areaLayers(ink: Ink): Layers {
  return [...fineLines(ink), ...communityLines(ink), ...outerLines(ink)]
}

function fineLines({ c, px, shown }: Ink): Layers {
  return [
    { id: 'cells-line', type: 'line', source: 'cells', 'source-layer': 'cells', minzoom: 14, layout: shown('cells'),
      paint: { 'line-color': c.cellLine, 'line-width': px(0.6) } },
    // Not seen: the ground of a grid, for clicks.
    { id: 'grids-hit', type: 'fill', source: 'ground', 'source-layer': 'grids', minzoom: 12.5, layout: shown('grids'), paint: { 'fill-color': c.ground, 'fill-opacity': 0 } },
    { id: 'grids-line', type: 'line', source: 'ground', 'source-layer': 'grids', minzoom: 12.5, layout: { ...shown('grids'), 'line-join': 'round' },
      paint: { 'line-color': c.gridLine, 'line-width': byZoom([12.5, px(0.4)], [15, px(0.9)], [18, px(1.6)]), 'line-opacity': byZoom([12.5, 0], [13.5, 1]) } },
    { id: 'groups-line', type: 'line', source: 'groups', 'source-layer': 'groups', minzoom: 11, layout: { ...shown('groups'), 'line-join': 'round' },
      paint: { 'line-color': c.groupLine, 'line-width': byZoom([11, px(0.6)], [16, px(1.6)]), 'line-dasharray': [4, 2] } },
  ]
}

function communityLines({ c, px, shown, palette }: Ink): Layers {
  const band = (n: number) => Math.min(broadest, px(n))
  const common = { source: 'ground', 'source-layer': 'communities', minzoom: 8, layout: { ...shown('communities'), 'line-join': 'round' as const } }
  return [
    { ...common, id: 'communities-band', type: 'line',
      paint: { 'line-color': c.communityLine, 'line-width': byZoom([9, band(3)], [13, band(7)], [17, band(10)]), 'line-blur': byZoom([9, band(2)], [13, band(5)], [17, band(7)]), 'line-opacity': palette.dark ? 0.22 : 0.16 } },
    { ...common, id: 'communities-line', type: 'line',
      paint: { 'line-color': c.communityLine, 'line-width': byZoom([8, px(0.5)], [12, px(1.1)], [16, px(2)]) } },
  ]
}

function outerLines({ c, px, palette }: Ink): Layers {
  const band = (n: number) => Math.min(broadest, px(n))
  const street = { source: 'ground', 'source-layer': 'streets', minzoom: 6, layout: { 'line-join': 'round' as const } }
  return [
    { ...street, id: 'streets-band', type: 'line',
      paint: { 'line-color': c.streetLine, 'line-width': byZoom([8, band(6)], [12, band(16)]), 'line-blur': byZoom([8, band(4)], [12, band(12)]), 'line-opacity': palette.dark ? 0.2 : 0.28 } },
    { ...street, id: 'streets-line', type: 'line',
      paint: { 'line-color': c.streetLine, 'line-width': byZoom([7, px(0.8)], [12, px(1.8)], [16, px(2.8)]) } },
    { id: 'counties-line', type: 'line', source: 'ground', 'source-layer': 'counties', layout: { 'line-join': 'round' },
      paint: { 'line-color': c.countyLine, 'line-width': byZoom([5, px(0.6)], [10, px(1.6)], [16, px(2.6)]), 'line-dasharray': [8, 2, 1.5, 2] } },
  ]
}
