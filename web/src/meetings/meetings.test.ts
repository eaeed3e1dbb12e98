import { afterEach, expect, test, vi } from 'vitest'
import { ApiError } from '../api/client'
import type { LedgerRow, Meeting } from '../api/meetings'
import { blank, feedbackOn, newRow, unitsOf, unknown } from './draft'
import { createKeeper } from './kept'
import { createLedger, type Server } from './ledger'
import { merge, unsent } from './merge'

afterEach(() => void vi.useRealTimers())

const row = (id: string, number: number, more: Partial<LedgerRow> = {}): LedgerRow => ({ id, number, at: '2026-11-20T02:00:00Z', urgency: 'hard', text: id, ...more })
const meeting = (seq: number, rows: LedgerRow[] = [], more: Partial<Meeting> = {}): Meeting => ({ ...unknown('m'), title: '议事会', startsAt: '2026-11-20T02:00:00Z', seq, rows, ...more })

function memory(): Storage {
  const values = new Map<string, string>()
  return {
    get length() { return values.size },
    clear: () => values.clear(),
    getItem: (key) => values.get(key) ?? null,
    key: (i) => [...values.keys()][i] ?? null,
    removeItem: (key) => void values.delete(key),
    setItem: (key, value) => void values.set(key, value),
  }
}

/** A server that counts changes as the real one does. */
function desk(first: Meeting | null) {
  const it = {
    kept: first,
    down: false,
    saves: 0,
    get: () => {
      if (it.down) return Promise.reject(new ApiError('unreachable', 0))
      return it.kept ? Promise.resolve(it.kept) : Promise.reject(new ApiError('refused', 404))
    },
    save: (m: Meeting) => {
      if (it.down) return Promise.reject(new ApiError('unreachable', 0))
      if ((it.kept?.seq ?? 0) !== m.seq || it.kept?.endedAt) return Promise.reject(new ApiError('refused', 409))
      it.saves++
      it.kept = { ...m, seq: m.seq + 1, rows: m.rows.map((r, i) => ({ ...r, number: i + 1 })) }
      return Promise.resolve(it.kept)
    },
    toCase: () => Promise.resolve(null),
  }
  return it satisfies Server
}

test('what was written here stands, all else is what the server has', () => {
  const base = meeting(1, [row('a', 1), row('b', 2)])
  const mine = meeting(1, [row('a', 1, { answer: '六点' }), row('b', 2), row('mine', 3)], { attendees: 31 })
  const theirs = meeting(2, [row('a', 1, { case: 'c', state: 'filed' }), row('b', 2, { text: '改过' }), row('theirs', 3)], { host: '片长' })
  const merged = merge(base, mine, theirs)
  expect(merged).toMatchObject({ seq: 2, attendees: 31, host: '片长' })
  expect(merged.rows.map((r) => [r.id, r.number, r.text, r.answer ?? ''])).toEqual([['a', 1, 'a', '六点'], ['b', 2, '改过', ''], ['theirs', 3, 'theirs', ''], ['mine', 4, 'mine', '']])
  expect(merged.rows[0]?.state).toBe('filed')
  expect(unsent(theirs, merged)).toBe(true)
})

test('what the server leaves out because it is empty is no change', () => {
  expect(unsent(meeting(1, [row('a', 1)]), meeting(1, [row('a', 1, { answer: '', options: [], category: '' })]))).toBe(false)
  expect(unsent(meeting(0), meeting(0))).toBe(true)
})

test('a conflict is merged and sent again', async () => {
  const server = desk(meeting(1, [row('a', 1)]))
  const ledger = createLedger('m', server, createKeeper('x', memory()))
  await ledger.load()
  server.kept = meeting(2, [row('a', 1), row('theirs', 2)])
  ledger.type({ ...blank, text: '正在写' })
  ledger.write((m) => ({ ...m, rows: [...m.rows, row('mine', 2)] }))
  await ledger.push()
  expect(server.kept?.rows.map((r) => r.id)).toEqual(['a', 'theirs', 'mine'])
  expect(ledger.store.get()).toMatchObject({ sent: 'saved', merged: true, draft: { text: '正在写' } })
  expect(server.saves).toBe(1)
  ledger.stop()
})

test('what was written without a network outlives the page and is sent once', async () => {
  vi.useFakeTimers()
  const server = desk(meeting(1))
  const storage = memory()
  const first = createLedger('m', server, createKeeper('x', storage))
  await first.load()
  server.down = true
  first.write((m) => ({ ...m, rows: [row('mine', 1)] }))
  await first.push()
  expect(first.store.get().sent).toBe('waiting')
  first.stop()
  expect(createKeeper('y', storage).all()).toEqual([])
  expect(createKeeper('x', storage).all().map((kept) => kept.mine.rows.length)).toEqual([1])

  const second = createLedger('m', server, createKeeper('x', storage))
  await second.load()
  expect(second.store.get()).toMatchObject({ sent: 'waiting', meeting: { rows: [{ id: 'mine' }] } })
  server.down = false
  await vi.runOnlyPendingTimersAsync()
  expect(second.store.get().sent).toBe('saved')
  expect(server.kept?.rows.map((r) => r.id)).toEqual(['mine'])
  expect(storage.length).toBe(0)
  second.stop()
})

test('a first answer that was lost makes no second meeting', async () => {
  const storage = memory()
  const keeper = createKeeper('x', storage)
  const mine = meeting(0, [row('a', 1)])
  keeper.write({ base: unknown('m'), mine, draft: blank })
  const server = desk({ ...mine, seq: 1 })
  const ledger = createLedger('m', server, keeper)
  await ledger.load()
  expect(ledger.store.get().sent).toBe('saved')
  expect(server.kept?.rows.map((r) => r.id)).toEqual(['a'])
  ledger.stop()
})

test('what comes too late for a meeting that has ended is kept, and can be dropped', async () => {
  const server = desk(meeting(1))
  const ledger = createLedger('m', server, createKeeper('x', memory()))
  await ledger.load()
  server.kept = meeting(2, [], { endedAt: '2026-11-20T04:00:00Z' })
  ledger.write((m) => ({ ...m, rows: [row('late', 1)] }))
  await ledger.push()
  expect(ledger.store.get()).toMatchObject({ sent: 'refused', meeting: { rows: [{ id: 'late' }] } })
  ledger.discard()
  expect(ledger.store.get()).toMatchObject({ sent: 'saved', meeting: { rows: [] } })
  ledger.stop()
})

test('the place of a row is written here, and is the one of the meeting where there is none', () => {
  const place = { lon: 113.63, lat: 28.16, accuracy: 0, placed: 'map' as const }
  const base = meeting(1, [row('a', 1), row('b', 2, { place })])
  const mine = meeting(1, [row('a', 1, { place }), row('b', 2, { place: null })])
  expect(unsent(base, mine)).toBe(true)
  expect(merge(base, mine, { ...base, seq: 2 }).rows.map((r) => r.place ?? null)).toEqual([place, null])
  expect(unsent(base, meeting(1, [row('a', 1, { place: null }), row('b', 2, { place: { ...place } })]))).toBe(false)
})

test('rows, feedback and units are written as they were meant', () => {
  const now = new Date('2026-11-20T02:00:00Z')
  const raised = newRow({ text: ' 墙歪了 ', urgency: 'urgent', category: '', place: null, options: [{ text: '加固', votes: 3 }, { text: ' ' }] }, 1, now)
  expect(raised).toMatchObject({ number: 1, text: '墙歪了', options: [{ text: '加固', votes: 3 }] })
  expect(feedbackOn(raised, ' 好了 ', 4, now)).toMatchObject({ number: 4, text: '墙歪了', from: raised.id, feedback: '好了' })
  expect(unitsOf('居委会、供电所, 律所；')).toEqual(['居委会', '供电所', '律所'])
})
