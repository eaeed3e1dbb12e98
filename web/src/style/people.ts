import type { ExpressionSpecification } from '@maplibre/maplibre-gl-style-spec'
import { byZoom, byZoomSteep, type Ink, type Layers } from './expressions.ts'

/** First zoom at which tiles hold each household, and each head, by itself, where they are not too many. */
const householdDetail = 15
export const headDetail = 13

const counted: ExpressionSpecification = ['has', 'count']
const single: ExpressionSpecification = ['!', counted]

const root: ExpressionSpecification = ['sqrt', ['coalesce', ['get', 'count'], 1]]

/** A radius that follows the square root of a cluster's count, so that area follows the count. */
export function clusterRadius(px: (n: number) => number, least: number, perRoot: number, most: number): ExpressionSpecification {
  return ['min', px(most), ['+', px(least), ['*', px(perRoot), root]]]
}

/** Households as lights, neighbor heads as lamps, and the lines between them. */
export function peopleLayers(ink: Ink): Layers {
  return [...links(ink), ...householdClusters(ink), ...households(ink), ...heads(ink)]
}

const ebb = (ink: Ink, opacity: number) => (ink.options.dimmed ? opacity * 0.22 : opacity)

function links(ink: Ink): Layers {
  const { c, px, shown } = ink
  return [{ id: 'links', type: 'line', source: 'links', 'source-layer': 'links', minzoom: 15, layout: { ...shown('links'), 'line-cap': 'round' },
    paint: { 'line-color': c.chosenLink, 'line-width': byZoom([15, px(0.4)], [18, px(1.2)]), 'line-opacity': ebb(ink, 0.4) } }]
}

function householdClusters(ink: Ink): Layers {
  const { c, px, shown, palette } = ink
  const common = { source: 'households', 'source-layer': 'households', minzoom: 10, filter: counted, layout: shown('households') }
  return [
    { ...common, id: 'households-cluster-glow', type: 'circle',
      paint: { 'circle-color': c.householdGlow, 'circle-blur': 1, 'circle-opacity': byZoom([10, ebb(ink, 0.08)], [12, ebb(ink, 0.16)], [13.5, ebb(ink, palette.dark ? 0.22 : 0.14)]), 'circle-radius': clusterRadius(px, 2.5, 1.2, 16) } },
    { ...common, id: 'households-cluster', type: 'circle',
      paint: { 'circle-color': c.household, 'circle-blur': 0.35, 'circle-opacity': byZoom([10, ebb(ink, 0.3)], [12, ebb(ink, 0.65)], [13, ebb(ink, palette.dark ? 0.85 : 0.6)]), 'circle-radius': clusterRadius(px, 0.5, 0.2, 3.2) } },
  ]
}

function households(ink: Ink): Layers {
  const { c, px, shown, palette } = ink
  const common = { source: 'households', 'source-layer': 'households', minzoom: householdDetail, filter: single, layout: shown('households') }
  return [
    { ...common, id: 'households-glow', type: 'circle',
      paint: { 'circle-color': c.householdGlow, 'circle-blur': 1, 'circle-opacity': ebb(ink, palette.dark ? 0.28 : 0.14), 'circle-radius': byZoomSteep([15, px(5)], [17, px(11)], [19, px(22)]) } },
    { ...common, id: 'households', type: 'circle',
      paint: { 'circle-color': c.household, 'circle-blur': palette.dark ? 0.15 : 0, 'circle-opacity': ebb(ink, palette.dark ? 0.95 : 0.85), 'circle-radius': byZoomSteep([15, px(1.3)], [17, px(3)], [19, px(6)]) } },
  ]
}

function heads(ink: Ink): Layers {
  const { c, px, deep, shown, palette } = ink
  const common = { source: 'heads', 'source-layer': 'heads', minzoom: deep(headDetail), layout: shown('heads') }
  return [
    { ...common, id: 'heads-cluster', type: 'circle', filter: counted,
      paint: { 'circle-color': c.head, 'circle-opacity': ebb(ink, 0.85), 'circle-radius': clusterRadius(px, 2, 1.2, 16) } },
    { ...common, id: 'heads-glow', type: 'circle', filter: single,
      paint: { 'circle-color': c.headGlow, 'circle-blur': 1, 'circle-opacity': ebb(ink, palette.dark ? 0.45 : 0.2), 'circle-radius': byZoomSteep([13, px(4)], [15, px(10)], [17, px(20)], [19, px(32)]) } },
    { ...common, id: 'heads', type: 'circle', filter: single,
      paint: { 'circle-color': c.head, 'circle-opacity': ebb(ink, 1), 'circle-radius': byZoomSteep([13, px(1.2)], [15, px(2.8)], [17, px(5)], [19, px(8)]),
        'circle-stroke-color': c.headRing, 'circle-stroke-opacity': ebb(ink, 0.9), 'circle-stroke-width': byZoom([14, 0], [16, px(1.5)]) } },
  ]
}
