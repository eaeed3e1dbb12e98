import { expect, test } from 'vitest'
import type { Category, Routed, Rule, Uncovered } from '../api/rules'
import { blank, draftOf, sent } from './draft'
import { pinOverlay, placeOverlay } from './overlay'
import { branchesOf, gapsOf, groupsOf, matching, type Names } from './tree'

const category = (code: string, parent: string, zh: string, retired = false): Category => ({ code, parent, title: { zh, en: `en ${zh}` }, rung: 'community', retired })
const categories = [category('B05', '', '房屋'), category('B0501', 'B05', '墙体'), category('B0502', 'B05', '外墙', true), category('S01', '', '市容')]
const names: Names = { lang: 'zh', categories, rungs: [{ rung: 'street', title: { zh: '街道', en: 'street' } }], every: '全部类别', everywhere: '各区域' }
const area = { layer: 'communities' as const, id: 'a', code: '430181001009', name: '神仙坳社区' }
const rule = (number: number, more: Partial<Rule> = {}): Rule => ({ id: `r${number}`, number, unit: { kind: 'unit', id: 'u', code: 'U1', name: '住建站' }, changedAt: '', ...more })

test('rules are grouped in the order of the tree, those for everything first', () => {
  const rules = [rule(1, { category: 'S01' }), rule(2, { category: 'B0501' }), rule(3), rule(4, { category: 'gone' }), rule(5, { category: 'B0501' })]
  expect(groupsOf(rules, categories).map((g) => [g.category, g.rules.map((r) => r.number)])).toEqual([['', [3]], ['B0501', [2, 5]], ['S01', [1]], ['gone', [4]]])
})

test('rules are found by number, category, area, rung, unit and note', () => {
  const rules = [rule(17, { category: 'B0501', area, rung: 'street', note: '先看' }), rule(2)]
  for (const words of ['#17', '墙体', 'b0501', '神仙坳', '430181001009', '街道 墙体', '先看']) expect(matching(rules, words, names).map((r) => r.number)).toEqual([17])
  expect(matching(rules, '住建站', names)).toHaveLength(2)
  expect(matching(rules, '全部类别 各区域', names).map((r) => r.number)).toEqual([2])
  expect(matching(rules, '没有', names)).toEqual([])
})

test('leaves stand under their root, retired ones nowhere, a root without leaves under itself', () => {
  expect(branchesOf(categories).map((b) => [b.root.code, b.leaves.map((l) => l.code)])).toEqual([['B05', ['B0501']], ['S01', ['S01']]])
})

test('gaps are looked up by category and community', () => {
  const uncovered: Uncovered[] = [{ category: 'B0501', area, fallback: true }, { category: 'S01', area, fallback: false }]
  const gaps = gapsOf(uncovered)
  expect(gaps.of('B0501', area.code)?.fallback).toBe(true)
  expect(gaps.of('B0501', 'other')).toBeUndefined()
  expect(gaps.count(categories)).toBe(2)
})

test('a rule that is changed is sent as it was, but for the change', () => {
  const draft = draftOf(rule(17, { category: 'B0501', area, rung: 'street' }))
  expect(draft.number).toBe(17)
  expect(sent({ ...draft, note: ' 先看 ' })).toEqual({ category: 'B0501', area: { layer: 'communities', code: '430181001009' }, rung: 'street', unit: { code: 'U1' }, note: '先看' })
  const fresh = blank('S01', null)
  expect(fresh.number).toBe(0)
  expect(fresh.id).toMatch(/^[0-9a-f-]{36}$/)
  expect(sent(fresh).area).toBeNull()
})

test('the map shows the pin, its circle, its areas, and those in doubt', () => {
  const square: GeoJSON.Geometry = { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }
  const shapes = new Map([['a', square], ['d', square]])
  const routed: Routed = { areas: [area], doubt: [{ ...area, id: 'd' }], head: { id: 'h', code: 'N1', name: '', lon: 113.1, lat: 28.1 }, why: { zh: '', en: '' } }
  const trial = { at: [113, 28] as [number, number], accuracyM: 20, routed }
  expect(placeOverlay(trial, shapes).features.map((f) => f.properties?.['role'])).toEqual(['outline', 'link', 'head'])
  expect(pinOverlay(trial, shapes).features.map((f) => [f.geometry.type, f.properties?.['role']])).toEqual([['Polygon', undefined], ['Polygon', undefined], ['Point', 'mark']])
  expect(pinOverlay({ ...trial, accuracyM: 0, routed: null }, shapes).features).toHaveLength(1)
  expect(placeOverlay(null, shapes).features).toEqual([])
})
