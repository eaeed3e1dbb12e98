import { expect, test } from 'vitest'
import type { Category, Pin, State, Urgency } from '../cases/types'
import type { UnitPlace } from '../cases/units'
import { commandOf, keyOf } from './keys'
import { propose } from './propose'
import { counts, lines, nextAfter, queue, type Wanted } from './queue'

const now = Date.parse('2026-11-22T12:00:00+08:00')
const byCode = new Map<string, Category>()
const pin = (id: string, state: State, more: Partial<Pin> = {}) =>
  ({ id, number: id, state, urgency: 'hard' as Urgency, category: 'S0101', areas: ['a'], due: '2026-11-22T16:00:00+08:00', seq: 1, ...more }) as Pin
const all: Wanted = { tab: 'all', root: '', area: '', urgency: '' }

const pins = [
  pin('1', 'reported'), pin('2', 'filed', { urgency: 'urgent' }), pin('3', 'done', { due: null }), pin('4', 'extension_asked', { areas: ['b'] }),
  pin('5', 'in_progress', { due: '2026-11-22T11:00:00+08:00' }), pin('6', 'suspended', { due: null }),
]

test('each tab has what is to be done there', () => {
  expect(counts(pins, all, byCode, now)).toEqual({ verify: 1, dispatch: 1, asks: 1, late: 1, check: 1, all: 6 })
  expect(counts(pins, { ...all, area: 'b' }, byCode, now)).toMatchObject({ asks: 1, all: 1 })
  expect(counts([...pins, pin('7', 'dispatched', { unanswered: true })], all, byCode, now)).toMatchObject({ dispatch: 2, all: 7 })
  for (const tab of ['verify', 'dispatch', 'asks', 'late', 'check', 'all'] as const) {
    expect(queue(pins, { ...all, tab }, byCode, now)).toHaveLength(counts(pins, all, byCode, now)[tab])
  }
})

test('urgent first, then by when it is due', () => {
  expect(queue(pins, all, byCode, now).map((p) => p.id)).toEqual(['2', '5', '1', '4', '3', '6'])
})

test('lines keep their places, whatever comes and goes', () => {
  const standing = queue(pins, { ...all, tab: 'dispatch' }, byCode, now)
  const moved = new Map(pins.map((p) => [p.id, p])).set('2', pin('2', 'dispatched')).set('7', pin('7', 'filed', { urgency: 'urgent' }))
  const seen = lines(standing, moved, queue(moved.values(), { ...all, tab: 'dispatch' }, byCode, now))
  expect(seen.lines.map((line) => [line.pin.id, line.pin.state, line.left])).toEqual([['2', 'dispatched', true]])
  expect(seen.fresh).toBe(1)
})

test('the next line is one that is still to be done', () => {
  const list = ['a', 'b', 'c', 'd'].map((id, i) => ({ pin: pin(id, 'filed'), left: i === 1 }))
  expect([nextAfter(list, 'a'), nextAfter(list, 'd'), nextAfter(list, null), nextAfter(list.slice(1, 2), 'b')]).toEqual(['c', 'a', 'a', null])
})

const unit = (code: string, kind: string, lon: number): UnitPlace => ({ code, name: `unit ${code}`, class: kind, at: [lon, 28] })
const units = [unit('C1', 'community', 113.02), unit('C2', 'community', 113.01), unit('P1', 'police', 113.03), unit('P2', 'police', 113.001), unit('D1', 'department', 113.2)]

test('the unit of the rule, the locality, then the nearest of each other class', () => {
  const handler = { kind: 'unit', id: 'x', code: 'D1', name: 'Works' } as const
  expect(propose([113, 28], { handler }, null, units).map((p) => [p.code, p.because])).toEqual([['D1', 'rule'], ['C2', 'locality'], ['P2', 'near']])
  expect(propose([113, 28], null, { kind: 'unit', id: 'x', code: 'C1' }, units).map((p) => [p.code, p.because])).toEqual([['C1', 'has'], ['C2', 'locality'], ['P2', 'near'], ['D1', 'near']])
  expect(propose([113, 28], { handler: { kind: 'head', id: 'h' } }, null, [])).toEqual([])
})

test('the key that a button shows does its act', () => {
  for (const act of ['verify', 'approve', 'deny', 'supervise', 'close', 'rework', 'plan', 'merge', 'link', 'locate']) {
    const key = keyOf(act)
    expect(commandOf({ key: key.toLowerCase(), ctrlKey: false, altKey: false, metaKey: false })).toEqual({ do: 'act', act })
  }
  expect(keyOf('comment')).toBe('')
})
