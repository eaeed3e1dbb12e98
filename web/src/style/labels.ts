import type { ExpressionSpecification, SymbolLayerSpecification } from '@maplibre/maplibre-gl-style-spec'
import { byZoom, type Ink, type Layers } from './expressions.ts'

/** The two sizes of type on the map, in pixels of the 1080p design. */
const large = 17
const small = 12

export const fonts = ['PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'sans-serif']
/** The map's drawing of local fonts reads the weight from the first name. */
export const strongFonts = ['PingFang SC Medium', ...fonts]

const nameOrCode: ExpressionSpecification = ['coalesce', ['get', 'name'], ['get', 'code'], '']

type SymbolLayout = NonNullable<SymbolLayerSpecification['layout']>

/** How a quiet line of the map's own stands. */
export const quietLine = (ink: Ink, line: string): SymbolLayout => text(ink, line, small)
export const quietPaint = (ink: Ink) => paint(ink, ink.c.labelQuiet)

/** Names, the narrow ones first: what is placed last gives way to nothing. */
export function labelLayers(ink: Ink): Layers {
  return [...pointNames(ink), ...baseNames(ink), ...areaNames(ink)]
}

function text({ px, shown }: Ink, field: ExpressionSpecification | string, size: number, strong = false): SymbolLayout {
  return {
    ...shown('names'),
    'text-field': field,
    'text-font': strong ? strongFonts : fonts,
    'text-size': px(size),
    'text-padding': px(6),
    'text-max-width': 9,
    'text-line-height': 1.35,
  }
}

function paint({ c, px, palette }: Ink, color: string): NonNullable<SymbolLayerSpecification['paint']> {
  return { 'text-color': color, 'text-halo-color': c.labelHalo, 'text-halo-width': px(palette.dark ? 2 : 1.8), 'text-halo-blur': px(0.5) }
}

function pointNames(ink: Ink): Layers {
  const { c, px, deep, options } = ink
  const below: SymbolLayout = { 'text-anchor': 'top', 'text-offset': [0, 0.9], 'text-optional': true }
  const ebb = options.dimmed ? 0.35 : 1
  const hide = (layer: 'households' | 'heads' | 'units') => (options.hidden.has(layer) ? { visibility: 'none' as const } : {})
  return [
    { id: 'households-name', type: 'symbol', source: 'households', 'source-layer': 'households', minzoom: deep(18),
      layout: { ...text(ink, nameOrCode, small), ...below, ...hide('households') }, paint: { ...paint(ink, c.labelQuiet), 'text-opacity': ebb } },
    { id: 'heads-name', type: 'symbol', source: 'heads', 'source-layer': 'heads', minzoom: deep(16.8),
      layout: { ...text(ink, nameOrCode, small), ...below, ...hide('heads') }, paint: { ...paint(ink, c.label), 'text-opacity': ebb } },
    { id: 'units', type: 'symbol', source: 'units', 'source-layer': 'units', minzoom: 10,
      layout: { ...text(ink, ['step', ['zoom'], countOr(''), deep(13), countOr(nameOrCode)], small), ...below, 'icon-image': unitIcon, 'icon-size': options.scale * 0.8, 'icon-padding': px(2), ...hide('units') },
      paint: { ...paint(ink, c.unit), 'icon-color': c.unit, 'icon-halo-color': c.labelHalo, 'icon-halo-width': px(1.5) } },
  ]
}

/** Where several are counted in one, how many they are. */
function countOr(name: ExpressionSpecification | string): ExpressionSpecification {
  return ['case', ['has', 'count'], ['to-string', ['get', 'count']], name]
}

/** Classes of units that have an icon of their own. */
export const unitIcons = ['community', 'property', 'police', 'judicial', 'court', 'procuratorate', 'law_firm', 'alliance', 'temporary']
const unitIcon = ['match', ['get', 'class'], unitIcons, ['concat', 'unit-', ['get', 'class']], 'unit-department'] as unknown as ExpressionSpecification

const name: ExpressionSpecification = ['coalesce', ['get', 'name'], '']
/** Broad roads are named from farther, and before the others. */
const isBroad: ExpressionSpecification = ['match', ['get', 'class'], ['motorway', 'trunk', 'primary', 'secondary'], true, false]

function baseNames(ink: Ink): Layers {
  const { c, deep, options } = ink
  const ground = options.hidden.has('ground') ? { visibility: 'none' as const } : {}
  return [
    { id: 'roads-name', type: 'symbol', source: 'ground', 'source-layer': 'roads', minzoom: deep(13.5),
      layout: { ...text(ink, ['step', ['zoom'], ['case', isBroad, name, ''], deep(16), name], small), 'symbol-sort-key': ['case', isBroad, 0, 1],
        'symbol-placement': 'line', 'symbol-spacing': 420, 'text-letter-spacing': 0.15, ...ground }, paint: paint(ink, c.labelQuiet) },
    { id: 'green-name', type: 'symbol', source: 'ground', 'source-layer': 'green', minzoom: deep(14),
      layout: { ...text(ink, name, small), ...ground }, paint: paint(ink, c.labelQuiet) },
    { id: 'water-name', type: 'symbol', source: 'ground', 'source-layer': 'water', minzoom: deep(11),
      layout: { ...text(ink, name, small), 'text-letter-spacing': 0.3, ...ground }, paint: paint(ink, c.labelQuiet) },
  ]
}

/** The name, and under it in the small size how many households and heads there are. */
function nameWithCounts({ options }: Ink): ExpressionSpecification {
  const count = (field: string): ExpressionSpecification => ['number-format', ['coalesce', ['get', field], 0], { 'max-fraction-digits': 0 }]
  const line: ExpressionSpecification = ['concat', '\n', count('households'), ' ', options.words.households, ' · ', count('heads'), ' ', options.words.heads]
  const counted: ExpressionSpecification = ['>', ['coalesce', ['get', 'households'], 0], 0]
  return ['format', nameOrCode, {}, ['case', counted, line, ''], { 'font-scale': small / large }] as ExpressionSpecification
}

/**
 * A name that finds no room at its area's centre may move by half its height, or
 * aside by some of its width: every community is named.
 */
const nudged: SymbolLayout = {
  'text-variable-anchor-offset': [
    'center', [0, 0], 'top', [0, -0.5], 'bottom', [0, 0.5], 'right', [2, 0], 'left', [-2, 0],
    'top-right', [2, -0.5], 'bottom-right', [2, 0.5], 'top-left', [-2, -0.5], 'bottom-left', [-2, 0.5],
  ],
}

/** Beside the pin that stands where the name would; where pins leave no room they lie on it, and no other name does. */
const besidePins = ({ deep }: Ink): SymbolLayout => ({
  'text-variable-anchor-offset': [
    'center', [0, 0], 'bottom', [0, -1.1], 'top', [0, 1.1], 'left', [1.2, 0], 'right', [-1.2, 0],
    'bottom-left', [-1, -1.9], 'bottom-right', [1, -1.9], 'top-left', [-1, 1.9], 'top-right', [1, 1.9],
  ],
  'text-overlap': ['step', ['zoom'], 'never', deep(11.25), 'cooperative'],
})

function areaNames(ink: Ink): Layers {
  const { c, px, deep, options } = ink
  const hide = (layer: 'communities' | 'grids' | 'groups') => (options.hidden.has(layer) ? { visibility: 'none' as const } : {})
  const cases = options.overlays?.cases ?? false
  // Beside pins a name is short: how many households there are stands on the area's card.
  const name = cases ? nameOrCode : (['step', ['zoom'], nameOrCode, deep(11.5), nameWithCounts(ink), deep(15), nameOrCode] as ExpressionSpecification)
  const bigFirst: SymbolLayout = { 'symbol-sort-key': ['-', 0, ['coalesce', ['get', 'households'], 0]] }
  return [
    { id: 'grids-name', type: 'symbol', source: 'ground', 'source-layer': 'grids_label', minzoom: deep(14),
      layout: { ...text(ink, nameOrCode, small), 'text-padding': px(10), ...hide('grids') }, paint: paint(ink, c.label) },
    { id: 'groups-name', type: 'symbol', source: 'groups', 'source-layer': 'groups_label', minzoom: deep(13),
      layout: { ...text(ink, nameOrCode, small), ...hide('groups') }, paint: paint(ink, c.labelQuiet) },
    { id: 'communities-name', type: 'symbol', source: 'ground', 'source-layer': 'communities_label', minzoom: deep(10.25), maxzoom: deep(17),
      layout: { ...text(ink, name, large, true), ...bigFirst, ...(cases ? besidePins(ink) : nudged), 'text-max-width': 14, 'text-padding': px(2), ...hide('communities') },
      paint: { ...paint(ink, c.label), 'text-halo-width': px(3), 'text-opacity': byZoom([deep(16), 1], [deep(17), 0.6]) } },
    { id: 'streets-name', type: 'symbol', source: 'ground', 'source-layer': 'streets_label', minzoom: deep(7), maxzoom: deep(10.25),
      layout: { ...text(ink, nameOrCode, large, true), ...bigFirst, 'text-letter-spacing': 0.2 }, paint: paint(ink, c.label) },
    { id: 'counties-name', type: 'symbol', source: 'ground', 'source-layer': 'counties_label', maxzoom: deep(8),
      layout: { ...text(ink, nameOrCode, large, true), 'text-letter-spacing': 0.2 }, paint: paint(ink, c.label) },
  ]
}
