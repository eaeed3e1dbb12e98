import { expect, test } from 'vitest'
import type { LayerInfo } from '../api/types'
import { sayIn } from '../lang'
import { addressOf, batchInAddress } from './address'
import { choose, feed, inOrder, isAnswered, isChosen, questionsToShow, remember, takeBack } from './answers'
import { refusalOf } from './files'
import { boundsOfPreview, inside, overlayOf } from './preview'
import { answersIn, explained, initialState, inOpen, opening, withBatch } from './state'
import { blockOf, boundsOfBatch, formatBytes, groupsOf, percent, placeZoom, sentenceOf, viewOf } from './summary'
import type { Batch, Candidate, Comparison, Preview, Question, Report } from './types'

const text = { zh: '', en: '' }
const found = { value: 'x', title: text, confidence: 1, reason: text }
const candidate = (value: string, set: Candidate['set']): Candidate => ({ value, title: text, confidence: 0.5, reason: text, set })
const gcj02 = candidate('gcj02', { crs: 'EPSG:4326', from: 'gcj02' })
const cgcs = candidate('EPSG:4490', { crs: 'EPSG:4490' })
const crs: Question = { key: 'crs', text, candidates: [gcj02, cgcs] }

function report(news: Partial<Report> = {}): Report {
  return { dataset: 'a', features: 9, accepted: 9, encoding: found, crs: found, columns: [], questions: [], repairs: { total: 0 }, refusals: { total: 0 }, overlaps: { total: 0 }, gaps: { total: 0 }, ...news }
}

function batch(...reports: Report[]): Batch {
  const parts = reports.map((r) => ({ dataset: r.dataset, answers: {}, report: r }))
  return { id: '1', file: 'a.zip', sha256: '', bytes: 1, state: 'draft', createdAt: '', actor: 'web', parts }
}

const compared = (news: Partial<Comparison>): Comparison => ({ new: 0, changed: 0, unchanged: 0, missing: 0, closed: 0, ...news })
const counties = { name: 'counties', title: { zh: '县区', en: 'counties' } } as LayerInfo
const zh = { lang: 'zh', say: sayIn('zh'), layers: [counties] } as const
const en = { lang: 'en', say: sayIn('en'), layers: [counties] } as const

test('choosing a candidate says all that it sets, and takes back what another one said', () => {
  const first = choose({ layer: 'counties' }, 'crs', gcj02)
  expect(first).toEqual({ layer: 'counties', crs: 'EPSG:4326', from: 'gcj02' })
  expect(isChosen(first, 'crs', gcj02)).toBe(true)
  const second = choose(first, 'crs', cgcs)
  expect(second).toEqual({ layer: 'counties', crs: 'EPSG:4490' })
  expect(isChosen(second, 'crs', gcj02)).toBe(false)
  expect(isAnswered(takeBack(second, 'crs'), 'crs')).toBe(false)
})

test('answers have the types that the server expects', () => {
  expect(choose({}, 'refused', candidate('skip', { skipRefused: 'true' }))).toEqual({ skipRefused: true })
  expect(choose({}, 'refused', candidate('skip-dataset', { skip: 'true' }))).toEqual({ skip: true })
  expect(choose({ map: { name: 'MC' } }, 'map.code', candidate('DM', { 'map.code': 'DM' }))).toEqual({ map: { name: 'MC', code: 'DM' } })
  expect(takeBack({ map: { code: 'DM' } }, 'map.code')).toEqual({})
})

test('another layer has other fields', () => {
  expect(choose({ map: { code: 'DM' }, crs: 'EPSG:4490' }, 'layer', candidate('grids', { layer: 'grids' }))).toEqual({ crs: 'EPSG:4490', layer: 'grids' })
})

test('a column feeds one field', () => {
  const once = feed({}, 'MC', 'name')
  expect(once).toEqual({ map: { name: 'MC' } })
  expect(feed(once, 'MC', 'code')).toEqual({ map: { code: 'MC' } })
  expect(feed(once, 'MC', null)).toEqual({})
})

test('an answered question stays, one that fell away does not', () => {
  const layer: Question = { key: 'layer', text, candidates: [] }
  const asked = remember(remember([], report({ questions: [crs, layer] })), report({ questions: [layer] }))
  expect(asked.map((q) => q.key)).toEqual(['layer', 'crs'])
  expect(questionsToShow(asked, report(), { crs: 'EPSG:4490' })).toEqual([crs])
  expect(questionsToShow(asked, report({ questions: [layer] }), {})).toEqual([layer])
})

test('columns that are used come first', () => {
  const column = (name: string, field?: string) => ({ name, type: 'string', confidence: 1, samples: [], ...(field ? { field } : {}) })
  expect(inOrder([column('A'), column('B', 'code'), column('C')]).map((c) => c.name)).toEqual(['B', 'A', 'C'])
})

test('what will happen, in words', () => {
  expect(sentenceOf(batch(report({ layer: 'counties', comparison: compared({ new: 9 }) })), zh)).toBe('写入 9 个县区：新增 9')
  expect(sentenceOf(batch(report({ layer: 'counties', comparison: compared({ new: 1, changed: 2, unchanged: 5, closed: 3 }), refusals: { total: 4 } })), en))
    .toBe('Write 9 counties: 1 new, 2 changed, 5 unchanged, 3 ended, 4 rows left out')
  expect(sentenceOf(batch(report({ layer: 'counties', comparison: compared({ unchanged: 9 }) })), zh)).toContain('不会有改动')
  expect(sentenceOf({ ...batch(report({ layer: 'counties', comparison: compared({ new: 9 }) })), state: 'applied' }, en)).toBe('9 counties written: 9 new')
  expect(sentenceOf(batch(report()), zh)).toBe('')
})

test('why a draft cannot be applied', () => {
  expect(blockOf(batch(report({ questions: [crs] })), false, zh.say)).toContain('1 个问题')
  expect(blockOf(batch(report({ accepted: 0 })), false, zh.say)).toContain('没有可以导入')
  expect(blockOf(batch(report()), true, en.say)).toContain('Checking')
  expect(blockOf(batch(report()), false, zh.say)).toBeNull()
})

test('findings come by rule, the most frequent first', () => {
  const finding = { rule: 'overlap', text }
  expect(groupsOf({ total: 71, byRule: { overlap: 2, 'overlap-sliver': 69 }, list: [finding, finding] })).toEqual([
    { rule: 'overlap-sliver', total: 69, list: [] },
    { rule: 'overlap', total: 2, list: [finding, finding] },
  ])
  expect(groupsOf({ total: 0 })).toEqual([])
})

test('a batch covers what its parts cover', () => {
  expect(boundsOfBatch(batch(report({ bounds: [1, 2, 3, 4] }), report({ bounds: [0, 3, 2, 5] }), report()))).toEqual([0, 2, 3, 5])
  expect(boundsOfBatch(batch(report()))).toBeNull()
  expect(viewOf([113, 28, 114, 29])).toMatchObject({ center: [113.5, 28.5] })
  expect(viewOf([113, 28, 113, 28]).zoom).toBe(17)
  expect([0, 1, 10_000, 1e12].map((areaM2) => Math.round(placeZoom({ at: [113, 28], areaM2 })))).toEqual([16, 20, 17, 12])
})

test('per cent are never more certain than the importer', () => {
  expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual([0, 1, 50, 99, 100])
  expect([0, 900, 112_115, 2 ** 31].map(formatBytes)).toEqual(['0 B', '900 B', '109 KB', '2.0 GB'])
})

test('files that cannot be imported are not sent', () => {
  const file = (name: string, size = 1) => ({ name, size })
  const judge = (...files: { name: string; size: number }[]) => refusalOf(files, false, 100)?.key ?? null
  expect(judge(file('a.zip'))).toBeNull()
  expect(judge(file('A.GeoJSON'))).toBeNull()
  expect(judge(file('户.XLSX'))).toBeNull()
  expect(judge(file('户.csv'))).toBeNull()
  expect(judge(file('a.shp'), file('a.dbf'))).toBe('dropLoose')
  expect(judge(file('a.zip'), file('b.zip'))).toBe('dropSeveral')
  expect(judge(file('a.dwg'))).toBe('dropKind')
  expect(judge(file('a.zip', 0))).toBe('dropEmpty')
  expect(judge(file('a.zip', 101))).toBe('dropTooLarge')
  expect(refusalOf([file('folder')], true, 100)?.key).toBe('dropFolder')
})

test('a name stands inside its area, in the widest stretch of the largest part', () => {
  const u = [[0, 0], [10, 0], [10, 10], [8, 10], [8, 1], [1, 1], [1, 10], [0, 10], [0, 0]]
  expect(inside({ type: 'MultiPolygon', coordinates: [[[[20, 0], [21, 0], [21, 1], [20, 0]]], [u]] })).toEqual([9, 5])
  expect(inside({ type: 'Point', coordinates: [1, 1] })).toBeNull()
})

test('the overlay holds the rows, their names and the place', () => {
  const square = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]
  const preview: Preview = { type: 'FeatureCollection', features: [
    { type: 'Feature', geometry: { type: 'Polygon', coordinates: [square] }, properties: { dataset: 'a', layer: 'counties', row: 1, name: '岳麓区' } },
  ] }
  const { features } = overlayOf(preview, [5, 5], new Set())
  expect(features.map((f) => f.properties?.['role'] ?? 'row')).toEqual(['row', 'name', 'mark'])
  expect(boundsOfPreview(preview)).toEqual([0, 0, 2, 2])
  expect(boundsOfPreview(null)).toBeNull()
})

test('answers said while the server explains are not lost', () => {
  const drafted = withBatch(opening(initialState(), '1'), batch(report({ questions: [crs] })))
  const sent = { a: { crs: 'EPSG:4490' } }
  const later = { crs: 'EPSG:4326' }
  const state = inOpen(drafted, '1', () => ({ wanted: { a: later } }))
  const after = explained(state, batch(report()), sent).open
  expect(after?.wanted).toEqual({ a: later })
  expect(after && answersIn(after, 'a')).toBe(later)
  expect(after?.asked['a']).toEqual([crs])
  const settled = inOpen(drafted, '1', () => ({ wanted: sent }))
  expect(explained(settled, batch(report()), sent).open?.wanted).toEqual({})
})

test('the address names the batch', () => {
  expect(batchInAddress(addressOf('0198-1'))).toBe('0198-1')
  expect(batchInAddress('')).toBeNull()
})
