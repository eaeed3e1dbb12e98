import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from '../api/client'
import { createLive, silenceMS, type LiveSource } from './live'
import { changed, loaded, noPins } from './pins'
import type { Pin, State } from './types'

const pin = (id: string, seq: number, state: State = 'filed'): Pin => ({
  id, number: `20261122-${id}`, seq, lon: 113.63, lat: 28.16, category: '0101', state, urgency: 'hard', rung: 'community',
  areas: [], reportedAt: '2026-11-22T08:00:00+08:00', since: '2026-11-22T08:00:00+08:00', at: '2026-11-22T08:00:00+08:00',
})

test('the greater seq holds, in whatever order words come', () => {
  const words = [{ pin: pin('a', 1) }, { pin: pin('a', 3, 'closed') }, { pin: pin('a', 2) }]
  for (const order of [[0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2, 0]]) {
    const end = order.reduce((pins, i) => changed(pins, [words[i]!], 0), noPins)
    expect(end.open.size).toBe(0)
  }
  const reopened = changed(changed(noPins, words, 0), [{ pin: pin('a', 4, 'filed') }], 0)
  expect(reopened.open.get('a')?.seq).toBe(4)
})

test('what is no longer to be seen goes, and only news is told', () => {
  const one = changed(loaded([pin('a', 5)], noPins), [{ pin: pin('a', 5) }], 7)
  expect(one.news).toEqual([])
  const gone = changed(one, [{ gone: { id: 'a', seq: 5 } }], 8)
  expect([gone.open.size, gone.news.length]).toEqual([0, 0])
  expect(changed(gone, [{ pin: pin('a', 6) }], 9).news[0]).toMatchObject({ heardAt: 9 })
})

/** A server whose streams the test writes. */
function server(...pins: Pin[]) {
  const streams: ReadableStreamDefaultController<Uint8Array>[] = []
  const asked: string[] = []
  const down = { error: null as ApiError | null }
  const source: LiveSource = {
    load: () => (down.error ? Promise.reject(down.error) : Promise.resolve({ pins, cursor: 'c0' })),
    open: (after, signal) => {
      if (down.error) return Promise.reject(down.error)
      asked.push(after)
      return Promise.resolve(new Response(new ReadableStream({
        start: (controller) => {
          streams.push(controller)
          signal.addEventListener('abort', () => controller.error(signal.reason))
        },
      })))
    },
  }
  const say = (text: string) => streams.at(-1)!.enqueue(new TextEncoder().encode(text))
  const tell = (event: string, data: unknown, id = '') => say(`${id && `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  return { source, streams, asked, say, tell, down, pins }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())
const settle = () => vi.advanceTimersByTimeAsync(0)

test('what comes waits until there is calm, and all of it is shown then in its order', async () => {
  const s = server()
  let rest = () => undefined as void
  const calm = new Promise<void>((resolve) => { rest = resolve })
  const { store, start, stop } = createLive(s.source, { calm: () => calm })
  start(true)
  await settle()
  s.tell('case', pin('a', 1))
  s.tell('case', pin('a', 2, 'closed'))
  s.tell('case', pin('b', 3))
  await settle()
  expect(store.get().open.size).toBe(0)
  rest()
  await settle()
  expect([...store.get().open.keys()]).toEqual(['b'])
  stop()
})

test('what waits for calm when another viewer comes is never shown', async () => {
  const s = server()
  let rest = () => undefined as void
  const calm = new Promise<void>((resolve) => { rest = resolve })
  const { store, start, forget } = createLive(s.source, { calm: () => calm })
  start(true)
  await settle()
  s.tell('case', pin('a', 1))
  await settle()
  forget()
  rest()
  await settle()
  expect(store.get().open.size).toBe(0)
})

test('loads, follows, and goes on from the last id after a cut', async () => {
  const s = server(pin('a', 1))
  const back = vi.fn()
  const { store, start, stop } = createLive(s.source, { back }, () => 1)
  start(true)
  await settle()
  expect(store.get()).toMatchObject({ state: 'live' })
  s.tell('case', pin('b', 1), 'c1')
  await settle()
  expect([...store.get().open.keys()]).toEqual(['a', 'b'])
  s.streams[0]!.close()
  await settle()
  expect(store.get().state).toBe('lost')
  await vi.advanceTimersByTimeAsync(1000)
  expect(s.asked).toEqual(['c0', 'c1'])
  expect(store.get().state).toBe('live')
  expect(back).toHaveBeenCalledOnce()
  stop()
})

test('silence is a loss, a comment is not silence', async () => {
  const s = server()
  const { store, start, stop } = createLive(s.source, {}, () => 1)
  start(true)
  await settle()
  await vi.advanceTimersByTimeAsync(silenceMS - 1000)
  s.say(':\n\n')
  await settle()
  const heard = store.get().heardAt
  await vi.advanceTimersByTimeAsync(silenceMS - 1000)
  expect(store.get().state).toBe('live')
  await vi.advanceTimersByTimeAsync(1500)
  expect(store.get()).toMatchObject({ state: 'lost', heardAt: heard })
  stop()
})

test('a long outage is asked through, ever more slowly and never less than twice a minute', async () => {
  const s = server(pin('a', 1))
  const { store, start, stop } = createLive(s.source, {}, () => 1)
  start(true)
  await settle()
  s.down.error = new ApiError('unreachable', 0)
  s.streams[0]!.error(new Error('cut'))
  await vi.advanceTimersByTimeAsync(6 * 3600_000)
  expect(store.get()).toMatchObject({ state: 'lost' })
  expect(store.get().open.size).toBe(1)
  s.down.error = null
  await vi.advanceTimersByTimeAsync(30_000)
  expect(store.get().state).toBe('live')
  stop()
})

test('reset loads everything anew', async () => {
  const s = server(pin('a', 1))
  const { store, start, stop } = createLive(s.source)
  start(true)
  await settle()
  s.pins.splice(0, 1, pin('z', 1))
  s.tell('reset', {})
  await settle()
  expect([...store.get().open.keys()]).toEqual(['z'])
  stop()
})

test('a session that ends leaves the pins with their age, and the next viewer begins without them', async () => {
  const s = server(pin('a', 1))
  const { store, start, stop } = createLive(s.source)
  start(true)
  await settle()
  s.tell('bye', { why: 'session' })
  await settle()
  expect(store.get()).toMatchObject({ state: 'ended' })
  expect(store.get().open.size).toBe(1)
  s.down.error = new ApiError('signedOut', 401)
  start(true)
  expect(store.get().open.size).toBe(0)
  await settle()
  expect(store.get().state).toBe('off')
  stop()
})
