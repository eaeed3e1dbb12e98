import { expect, test } from 'vitest'
import { stands } from '../style/palette'
import { heatOf } from './board'
import { createDrawing } from './drawing'
import { everything, isWhole, passes, tally, withRoot, withStand, type Filter } from './filter'
import { looks } from './look'
import type { Category, Pin, State } from './types'

const now = Date.parse('2026-11-22T12:00:00+08:00')
const byCode = new Map(['B01', 'B0101', 'S02', 'S0201'].map((code): [string, Category] => [code, { code, parent: code.length > 3 ? code.slice(0, 3) : '', class: 'event', title: { zh: '', en: '' }, icon: '', urgency: 'hard' }]))
const states = Object.keys(looks) as State[]

const many = (n: number) => new Map(Array.from({ length: n }, (_, i): [string, Pin] => [`p${i}`, {
  id: `p${i}`, number: String(i), seq: 1, lon: 113.6 + i / 1e4, lat: 28.1, category: i % 3 === 0 ? 'B0101' : 'S0201', state: states[i % states.length]!, urgency: 'hard', rung: 'street',
  areas: ['street', `c${i % 7}`], reportedAt: '2026-11-22T08:00:00+08:00', since: '', due: i % 5 === 0 ? '2026-11-22T11:00:00+08:00' : '2026-11-22T16:00:00+08:00', at: '' }]))

test('sums are equal, whichever way one counts', () => {
  const pins = many(997)
  const t = tally(pins.values(), byCode, now)
  const sum = (list: Iterable<number>) => [...list].reduce((a, b) => a + b, 0)
  expect([t.open, sum(Object.values(t.byStand)), sum(t.byRoot.values()), t.byArea.get('street')?.open]).toEqual([997, 997, 997, 997])
  expect(sum([...t.byArea].filter(([id]) => id !== 'street').map(([, a]) => a.late))).toBe(t.late)
})

test('a filter leaves out what it names, and drawing draws the rest and nothing else', () => {
  const pins = many(200)
  const filters: Filter[] = [everything, withStand(everything, 'waiting'), withRoot(everything, 'B01'), { ...everything, lateOnly: true }]
  for (const filter of filters) {
    const left = [...pins.values()].filter((pin) => passes(pin, filter, byCode, now))
    expect([...createDrawing()(pins, filter, byCode, now).keys()]).toEqual(left.map((pin) => pin.id))
    expect(left.length < 200).toBe(!isWhole(filter))
  }
  expect(stands.reduce<Filter>(withStand, everything).stands.size).toBe(5)
  expect(isWhole(withStand(withStand(everything, 'done'), 'done'))).toBe(true)
})

test('what has not changed is the same object, so that it is not sent again', () => {
  const draw = createDrawing()
  const pins = many(50)
  const first = draw(pins, everything, byCode, now)
  const next = new Map(pins).set('p7', { ...pins.get('p7')!, state: 'done' })
  const second = draw(next, everything, byCode, now)
  expect([...second].filter(([id, drawn]) => first.get(id) !== drawn).map(([id]) => id)).toEqual(['p7'])
  const later = draw(next, everything, byCode, now + 4 * 3600_000)
  expect(later.get('p1')?.look.late).toBe(true)
})

test('heat: five steps, each cell where it is', () => {
  const cells = Array.from({ length: 100 }, (_, i): [number, number, number] => [113 + i / 1000, 28, i + 1])
  const { features } = heatOf({ cells, size: 0.001 })
  expect(new Set(features.map((f) => f.properties?.['step'] as number))).toEqual(new Set([1, 2, 3, 4, 5]))
  expect(heatOf(null).features).toEqual([])
})
