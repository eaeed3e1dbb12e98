import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { expect, test } from 'vitest'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { caseIcons, pinIcons } from './cases.ts'
import { unitIcons } from './labels.ts'
import { published, type StyleOptions } from './options.ts'
import { palettes } from './palette.ts'
import { style } from './style.ts'

const some: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [113.6, 28.1] } }] }
const empty: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

const variants: [string, StyleOptions][] = [
  ['published', published],
  ['page', { ...published, scale: 2, dimmed: true, hidden: new Set(), overlays: { chosen: some, preview: some } }],
  ['with cases', { ...published, overlays: { chosen: some, preview: some, heat: some, cases: true } }],
  ['for a visitor', { ...published, layers: ['communities', 'grids', 'roads'] }],
  ['with a vector basemap', { ...published, basemap: { type: 'vector', url: '/base.json' } }],
  ['with a basemap', { ...published, basemap: { type: 'raster', tiles: ['/base/{z}/{x}/{y}.png'], tileSize: 256 } }],
]

for (const palette of Object.values(palettes)) {
  for (const [name, options] of variants) {
    test(`${palette.name}, ${name}: valid by the style spec`, () => {
      expect(validateStyleMin(style(palette, options)).map((e) => e.message)).toEqual([])
    })
  }

  test(`${palette.name}: QGIS can read every match`, () => {
    const scalarLabels: unknown[] = []
    const walk = (node: unknown) => {
      if (!Array.isArray(node)) {
        if (node && typeof node === 'object') Object.values(node).forEach(walk)
        return
      }
      if (node[0] === 'match') scalarLabels.push(...node.slice(2, -1).filter((part, i) => i % 2 === 0 && !Array.isArray(part)))
      node.forEach(walk)
    }
    walk(style(palette, published).layers)
    expect(scalarLabels).toEqual([])
  })

  test(`${palette.name}: names come in two sizes only`, () => {
    const whole = { ...published, overlays: { chosen: some, preview: some, cases: true } }
    const sizes = new Set(style(palette, whole).layers.flatMap((layer) => (layer.type === 'symbol' && layer.layout?.['text-field'] && layer.source !== 'preview' ? [layer.layout['text-size']] : [])))
    expect(sizes.size).toBe(2)
  })

  test(`${palette.name}: names begin and end with as much ground around them at 4K`, () => {
    const zooms = (scale: number) =>
      style(palette, { ...published, scale, overlays: { chosen: empty, preview: empty, cases: true } }).layers.flatMap((layer) =>
        layer.id.endsWith('-name') || layer.id.includes('-name-') ? [[layer.id, layer.minzoom, layer.maxzoom] as const] : [])
    const deeper = (zoom?: number) => (zoom === undefined ? undefined : zoom + 1)
    expect(zooms(1).length).toBeGreaterThan(8)
    expect(zooms(2)).toEqual(zooms(1).map(([id, least, most]) => [id, deeper(least), deeper(most)]))
  })

  test(`${palette.name}: asks only for layers that are shown`, () => {
    const { sources, layers } = style(palette, { ...published, layers: ['communities', 'grids', 'roads'] })
    expect(Object.values(sources).map((s) => ('url' in s ? s.url : ''))).toEqual(['/tiles/roads,communities,grids.json'])
    expect(layers.filter((layer) => 'source' in layer && !(String(layer.source) in sources))).toEqual([])
  })

  test(`${palette.name}: has nothing to draw of what is empty`, () => {
    const { sources, layers } = style(palette, { ...published, overlays: { chosen: empty, preview: empty, heat: empty, cases: true } })
    expect(Object.entries(sources).flatMap(([name, source]) => (source.type === 'geojson' ? [name] : []))).toEqual(['cases'])
    expect(layers.filter((layer) => 'source' in layer && !(String(layer.source) in sources))).toEqual([])
  })

  test(`${palette.name}: asks nobody but its own server`, () => {
    expect(JSON.stringify(style(palette, published))).not.toMatch(/https?:|\/\/\w/)
  })
}

test('every icon that the map asks for is drawn', () => {
  const drawn = readdirSync(join(import.meta.dirname, 'icons'))
  const units = [...unitIcons, 'department'].map((name) => `unit-${name}`)
  expect(drawn.sort()).toEqual([...units, ...caseIcons.map((name) => `case-${name}`), ...pinIcons].map((name) => `${name}.svg`).sort())
})
