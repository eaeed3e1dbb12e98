import type { ExpressionSpecification, GeoJSONSourceSpecification } from '@maplibre/maplibre-gl-style-spec'
import { byZoom, type Ink, type Layers } from './expressions.ts'
import { strongFonts } from './labels.ts'
import { stands, type Stand } from './palette.ts'

/**
 * A pin of a case. Shape says what it is: things are square, happenings round, with
 * the category's icon. Colour and filling say how it stands: hollow while nobody is
 * on it, filled afterwards, with a sign for those that ask, wait or are done. The
 * ring says how much of its time is gone; a red one with four teeth is late.
 */
export interface PinLook {
  id: string
  class: 'component' | 'event'
  /** Of the sprite. */
  icon: string
  stand: Stand
  filled: boolean
  /** Of the sprite; empty for none. */
  badge: string
  /** Eighths of the time that are gone. */
  ring: number
  late: boolean
}

/** Icons of categories that are drawn; others get the last. */
export const caseIcons = [
  'aid', 'alarm', 'bin', 'construction', 'dispute', 'fire', 'gas', 'lamp', 'lift', 'manhole', 'noise', 'notice', 'order',
  'parking', 'people', 'power', 'road', 'traffic', 'tree', 'utility', 'wall', 'water', 'other',
] as const

export const pinIcons = [
  'pin-component-full', 'pin-component-hollow', 'pin-event-full', 'pin-event-hollow',
  'ring-1', 'ring-2', 'ring-3', 'ring-4', 'ring-5', 'ring-6', 'ring-7', 'ring-8', 'ring-late',
  'badge-filed', 'badge-sent', 'badge-asking', 'badge-paused', 'badge-done',
] as const

/** Up to the closest zoom: what stands on one point stays one cluster, which can be listed. */
export function caseSource(scale: number): GeoJSONSourceSpecification {
  return {
    type: 'geojson',
    data: { type: 'FeatureCollection', features: [] },
    promoteId: 'id',
    cluster: true,
    clusterRadius: Math.round(56 * scale),
    clusterMaxZoom: 20,
    buffer: 16,
    clusterProperties: { late: ['+', ['case', ['get', 'late'], 1, 0]] },
  }
}

const isCluster: ExpressionSpecification = ['has', 'point_count']
const isPin: ExpressionSpecification = ['!', isCluster]
const count: ExpressionSpecification = ['get', 'point_count']
const upright = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const
/** Is drawn whatever is there, and names give way to it. */
const firm = { ...upright, 'icon-ignore-placement': false } as const

/** Cells of the earth by how many cases they have had. */
export function heatLayers({ c, palette }: Ink): Layers {
  const [first, ...rest] = c.heat
  const steps = rest.flatMap((color, i) => [i + 2, color])
  return [{ id: 'heat', type: 'fill', source: 'heat',
    paint: { 'fill-color': ['step', ['get', 'step'], first, ...steps] as unknown as ExpressionSpecification, 'fill-opacity': palette.dark ? 0.7 : 0.6, 'fill-antialias': false } }]
}

export function caseLayers(ink: Ink): Layers {
  return [discs(ink), counts(ink), ...pins(ink)]
}

/** The ground on which a cluster's count and a pin's signs stand. */
function discs({ c, px }: Ink): Layers[number] {
  const radius = (pin: number): ExpressionSpecification => ['case', isCluster, byCount(px), px(pin)]
  return { id: 'cases-ground', type: 'circle', source: 'cases',
    paint: {
      'circle-color': c.pinGround, 'circle-opacity': 0.9, 'circle-radius': byZoom([10, radius(15.8)], [15, radius(18.4)], [18, radius(21.7)]),
      'circle-stroke-color': c.label, 'circle-stroke-width': ['case', isCluster, px(1.5), 0],
    } }
}

/** Radius of a cluster in pixels of the 1080p design. */
const radius: [least: number, px: number][] = [[0, 15], [10, 18], [100, 22], [1000, 27]]

function byCount(value: (px: number) => number): ExpressionSpecification {
  const [[, first], ...rest] = radius as [[number, number], ...[number, number][]]
  return ['step', count, value(first), ...rest.flatMap(([least, px]) => [least, value(px)])] as unknown as ExpressionSpecification
}

/** Late ones as a share of the ring: never none where there is one, never all where there is another. */
const lateShare: ExpressionSpecification = ['case', ['==', ['get', 'late'], count], 8, ['max', 1, ['min', 7, ['round', ['/', ['*', 8, ['get', 'late']], count]]]]]

/** How many there are, in the ring that says how many of them are late. */
function counts({ c, px, options }: Ink): Layers[number] {
  return { id: 'cases-cluster-count', type: 'symbol', source: 'cases', filter: isCluster,
    layout: {
      // The ring of the sprite has a radius of 11 pixels.
      ...upright, 'icon-image': ['case', ['>', ['get', 'late'], 0], ['concat', 'ring-', ['to-string', lateShare]], ''], 'icon-size': byCount((r) => ((r + 1) / 11) * options.scale),
      // Its padding reaches to the rim of the disc: names give way to that.
      'text-field': ['to-string', count], 'text-font': strongFonts, 'text-size': px(17), 'text-allow-overlap': true, 'text-padding': px(9),
    },
    paint: { 'icon-color': c.late, 'text-color': c.label } }
}

/** Size of a pin's drawing, whose side is 24 pixels at 1. */
const size = (scale: number, part = 1) => byZoom([10, 1.2 * scale * part], [15, 1.4 * scale * part], [18, 1.65 * scale * part])

function byStand(c: Ink['c']): ExpressionSpecification {
  return ['match', ['get', 'stand'], ...stands.flatMap((name) => [[name], c[name]]), c.label] as unknown as ExpressionSpecification
}

function pins(ink: Ink): Layers {
  const { c, px, options: { scale } } = ink
  const common = { source: 'cases', filter: isPin }
  const stand = byStand(c)
  return [
    { ...common, id: 'cases-ring', type: 'symbol', filter: ['all', isPin, ['any', ['get', 'late'], ['>', ['get', 'ring'], 0]]],
      layout: { ...upright, 'icon-image': ['case', ['get', 'late'], 'ring-late', ['concat', 'ring-', ['to-string', ['get', 'ring']]]], 'icon-size': size(scale) },
      paint: { 'icon-color': ['case', ['get', 'late'], c.late, c.labelQuiet] } },
    { ...common, id: 'cases-body', type: 'symbol',
      layout: { ...firm, 'icon-padding': px(2), 'icon-image': ['concat', 'pin-', ['get', 'class'], ['case', ['get', 'filled'], '-full', '-hollow']], 'icon-size': size(scale) },
      paint: { 'icon-color': stand } },
    { ...common, id: 'cases-icon', type: 'symbol',
      layout: { ...upright, 'icon-image': ['concat', 'case-', ['get', 'icon']], 'icon-size': size(scale, 0.44) },
      paint: { 'icon-color': ['case', ['get', 'filled'], c.pinInk, stand] } },
    { ...common, id: 'cases-badge', type: 'symbol', filter: ['all', isPin, ['!=', ['get', 'badge'], '']],
      layout: { ...upright, 'icon-image': ['concat', 'badge-', ['get', 'badge']], 'icon-size': size(scale, 0.42), 'icon-offset': [19, -19] },
      paint: { 'icon-color': stand, 'icon-halo-color': c.pinGround, 'icon-halo-width': px(2) } },
  ]
}
