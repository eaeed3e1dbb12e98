import type { ExpressionSpecification } from '@maplibre/maplibre-gl-style-spec'
import { byZoom, byZoomSteep, type Ink, type Layers } from './expressions.ts'
import { strongFonts } from './labels.ts'

/** What a feature of the source "chosen" is there for. */
export type Role = 'shade' | 'outline' | 'link' | 'household' | 'head' | 'self' | 'case'

const is = (...roles: Role[]): ExpressionSpecification => ['match', ['get', 'role'], roles, true, false] as unknown as ExpressionSpecification

/** What is chosen: a household's head with all its homes, or an area with the rest in shade. */
export function chosenLayers({ c, px, palette }: Ink): Layers {
  const source = 'chosen'
  return [
    { id: 'chosen-shade', type: 'fill', source, filter: is('shade'), paint: { 'fill-color': c.ground, 'fill-opacity': palette.dark ? 0.62 : 0.55 } },
    { id: 'chosen-outline-glow', type: 'line', source, filter: is('outline'), layout: { 'line-join': 'round' },
      paint: { 'line-color': c.chosen, 'line-width': px(10), 'line-blur': px(8), 'line-opacity': 0.4 } },
    { id: 'chosen-outline', type: 'line', source, filter: is('outline'), layout: { 'line-join': 'round' }, paint: { 'line-color': c.chosen, 'line-width': px(2) } },
    { id: 'chosen-link-glow', type: 'line', source, filter: is('link'), layout: { 'line-cap': 'round' },
      paint: { 'line-color': c.chosenLink, 'line-width': px(6), 'line-blur': px(5), 'line-opacity': 0.35 } },
    { id: 'chosen-link', type: 'line', source, filter: is('link'), layout: { 'line-cap': 'round' },
      paint: { 'line-color': c.chosenLink, 'line-width': byZoom([12, px(0.8)], [17, px(1.8)]), 'line-opacity': 0.9 } },
  ]
}

/** The lit homes and their lamp, above the names: no name may hide a home. */
export function chosenLights({ c, px, palette }: Ink): Layers {
  const source = 'chosen'
  return [
    { id: 'chosen-glow', type: 'circle', source, filter: is('household', 'head', 'self'),
      paint: { 'circle-color': c.householdGlow, 'circle-blur': 1, 'circle-opacity': palette.dark ? 0.42 : 0.22, 'circle-radius': byZoomSteep([12, px(7)], [15, px(11)], [17, px(17)], [19, px(28)]) } },
    { id: 'chosen-household', type: 'circle', source, filter: is('household', 'self'),
      paint: { 'circle-color': c.chosen, 'circle-radius': byZoomSteep([12, px(1.8)], [15, px(3.2)], [17, px(5)], [19, px(8)]) } },
    { id: 'chosen-head', type: 'circle', source, filter: is('head'),
      paint: { 'circle-color': c.head, 'circle-radius': byZoomSteep([12, px(3.5)], [15, px(5.5)], [17, px(8)], [19, px(11)]), 'circle-stroke-color': c.chosen, 'circle-stroke-width': px(2) } },
    { id: 'chosen-self', type: 'circle', source, filter: is('self'),
      paint: { 'circle-color': 'rgba(0, 0, 0, 0)', 'circle-radius': byZoomSteep([12, px(6)], [15, px(8)], [17, px(11)], [19, px(15)]), 'circle-stroke-color': c.chosen, 'circle-stroke-width': px(2) } },
  ]
}

/** A wide ring around the chosen case, apart from the rings that say how late a case is. */
export function chosenCase({ c, px }: Ink): Layers {
  return [
    { id: 'chosen-case', type: 'circle', source: 'chosen', filter: is('case'),
      paint: { 'circle-color': 'rgba(0, 0, 0, 0)', 'circle-radius': px(27), 'circle-stroke-color': c.chosen, 'circle-stroke-width': px(2.5) } },
  ]
}

/** Rows are drawn; points with a role are there for a name or for a place that somebody asked for. */
const isRow: ExpressionSpecification = ['!', ['has', 'role']]
const only = (...types: GeoJSON.Geometry['type'][]): ExpressionSpecification =>
  ['all', isRow, ['match', ['geometry-type'], types, true, false]] as unknown as ExpressionSpecification

/** What a planner is about to import, drawn over the present map. */
export function previewLayers({ c, px }: Ink): Layers {
  const source = 'preview'
  return [
    { id: 'preview-fill', type: 'fill', source, filter: only('Polygon', 'MultiPolygon'), paint: { 'fill-color': c.preview, 'fill-opacity': 0.16 } },
    { id: 'preview-line', type: 'line', source, filter: only('Polygon', 'MultiPolygon', 'LineString', 'MultiLineString'), layout: { 'line-join': 'round' },
      paint: { 'line-color': c.preview, 'line-width': byZoom([8, px(1.2)], [14, px(2.4)]) } },
    { id: 'preview-point', type: 'circle', source, filter: only('Point', 'MultiPoint'),
      paint: { 'circle-color': c.preview, 'circle-radius': byZoom([8, px(1.8)], [14, px(4)], [18, px(7)]), 'circle-stroke-color': c.labelHalo, 'circle-stroke-width': byZoom([11, 0], [14, px(1)]) } },
  ]
}

/** The names of what is about to be imported, and the place that a report speaks of, above all else. */
export function previewMarks(ink: Ink): Layers {
  const { c, px } = ink
  const source = 'preview'
  return [
    { id: 'preview-name', type: 'symbol', source, filter: ['==', ['get', 'role'], 'name'],
      layout: { 'text-field': ['get', 'name'], 'text-font': strongFonts, 'text-size': px(15), 'text-padding': px(8), 'text-max-width': 9 },
      paint: { 'text-color': c.preview, 'text-halo-color': c.labelHalo, 'text-halo-width': px(2) } },
    { id: 'preview-mark-ring', type: 'circle', source, filter: ['==', ['get', 'role'], 'mark'],
      paint: { 'circle-color': c.chosen, 'circle-opacity': 0.15, 'circle-radius': px(22), 'circle-stroke-color': c.chosen, 'circle-stroke-width': px(2.5) } },
    { id: 'preview-mark', type: 'circle', source, filter: ['==', ['get', 'role'], 'mark'], paint: { 'circle-color': c.chosen, 'circle-radius': px(4) } },
  ]
}
