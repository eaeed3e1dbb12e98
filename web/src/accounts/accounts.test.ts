import { expect, test } from 'vitest'
import type { Account } from '../api/accounts'
import type { Hit } from '../api/types'
import { matching } from './filter'
import { beginOf, instantOf, placesFor, scopeText } from './scope'

const hit = (layer: Hit['layer'], code: string): Hit => ({ layer, id: code, code, name: `n${code}`, within: 'w', lon: 0, lat: 0 })

test('only places that the role can be held for are offered', () => {
  const hits = [hit('communities', '1'), hit('units', '2'), hit('households', '3')]
  expect(placesFor('area', '', 'x y', hits).map(scopeText)).toEqual(['communities/1'])
  expect(placesFor('unit', '', 'x y', hits).map(scopeText)).toEqual(['units/2'])
  expect(placesFor('area', 'grids', 'x y', hits)).toEqual([])
})

test('a code can be used as it is where its layer is plain', () => {
  expect(placesFor('head', '', '0123', [])).toEqual([{ layer: 'heads', code: '0123', name: '', within: '' }])
  expect(placesFor('area', 'grids', ' 430181001009001 ', []).map(scopeText)).toEqual(['grids/430181001009001'])
  expect(placesFor('area', '', '430181001009001', [])).toEqual([])
  expect(placesFor('unit', '', '2', [hit('units', '2')])).toHaveLength(1)
  expect(placesFor('head', '', '../x', [])).toEqual([])
})

test('a period begins with its first day and ends with its last', () => {
  expect(instantOf('', false)).toBeNull()
  const from = instantOf('2026-03-01', false) ?? ''
  const to = instantOf('2026-03-01', true) ?? ''
  expect(new Date(from).getHours()).toBe(0)
  expect(new Date(to).getTime() - new Date(from).getTime()).toBe(86_400_000)
  expect(new Date(instantOf('2026-12-31', true) ?? '').getFullYear()).toBe(2027)
})

test('a role begins now at the earliest', () => {
  const now = new Date(2026, 2, 5, 14, 30)
  expect(beginOf('', now)).toBeNull()
  expect(beginOf('2026-03-05', now)).toBeNull()
  expect(beginOf('2026-03-06', now)).toBe(new Date(2026, 2, 6).toISOString())
})

test('accounts are found by login, role and place', () => {
  const account = (login: string, role: string, place: string): Account => ({
    id: login, login, disabled: false, mustChange: false, createdAt: '',
    grants: role ? [{ id: '1', role, for: { zh: place, en: place }, from: '' }] : null,
  })
  const all = [account('wang', 'grid_worker', 'g9'), account('li', 'auditor', ''), account('an', '', '')]
  expect(matching(all, '', 'en').map((a) => a.login)).toEqual(['an', 'li', 'wang'])
  expect(matching(all, 'GRID g9', 'en').map((a) => a.login)).toEqual(['wang'])
  expect(matching(all, 'Li', 'en').map((a) => a.login)).toEqual(['li'])
  expect(matching(all, 'nobody', 'en')).toEqual([])
})
