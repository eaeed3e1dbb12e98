import 'fake-indexeddb/auto'
import { afterEach, expect, test, vi } from 'vitest'
import type { Message } from '../message'
import { openDB } from './db'
import { createOutbox, nextOf, nextTime, unsent, type Outbox } from './outbox'
import { newAct, newReport, type Parcel, type Photo, type ReportBody } from './parcel'
import { sendParcel, type Outcome } from './send'
import { createSender, type World } from './sender'

const body: ReportBody = { category: '0105', lon: 113.63, lat: 28.16, accuracy: 8, placed: 'gps', at: '2026-01-02T08:30:00+08:00', note: '', source: 'patrol' }
const text: Message = { zh: '类别已停用。', en: 'The category is retired.' }
const picture = (id: string, parcel = ''): Photo => ({ id, parcel, type: 'image/jpeg', bytes: new Uint8Array([1, 2, 3]).buffer, sentAt: 0 })
const signal = new AbortController().signal

let boxes: Outbox[] = []
let accounts = 0
async function box(account = `account${++accounts}`): Promise<Outbox> {
  const one = createOutbox(await openDB(account), account)
  await one.reload()
  boxes.push(one)
  return one
}
afterEach(() => {
  boxes.forEach((b) => b.close())
  boxes = []
  vi.unstubAllGlobals()
})

/** A world whose clock goes on when nothing else happens. */
function world(send: World['send'], over: Partial<World> = {}): World & { clock: { now: number } } {
  const clock = { now: 1_000_000 }
  return {
    clock,
    now: () => clock.now,
    chance: () => 1,
    alone: (_, task) => task(),
    after(ms, wake) {
      let live = true
      setTimeout(() => {
        if (!live) return
        clock.now += ms
        wake()
      })
      return () => (live = false)
    },
    isSignedIn: () => Promise.resolve(true),
    send,
    ...over,
  }
}

const empty = (outbox: Outbox) => vi.waitUntil(() => unsent(outbox.store.get()).length === 0)
const durable: Outcome = { kind: 'durable', number: '20260102-000001', area: null, doubt: [] }
const lost: Outcome = { kind: 'later', all: true, retryAfterS: 0 }

test('a parcel and its pictures are kept together, and go together', async () => {
  const outbox = await box('wang')
  await outbox.post(newReport('r1', body, ['p1'], 1), [picture('p1')])
  expect((await outbox.photosOf('r1')).map((p) => p.id)).toEqual(['p1'])
  const again = await box('wang')
  expect(again.store.get()).toEqual(outbox.store.get())
  await outbox.delivered('r1', { number: '7', area: null, doubt: [], at: 2 })
  await vi.waitUntil(() => again.store.get()[0]?.state === 'sent') // the other tab has heard of it
  expect(await outbox.photo('p1')).toBeUndefined()
  await outbox.tidy(3)
  expect(outbox.store.get()).toHaveLength(1)
  await outbox.tidy(3 + 8 * 24 * 3600_000)
  expect(outbox.store.get()).toEqual([])
})

test('what is delivered stays delivered, whatever is said of it later', async () => {
  const outbox = await box()
  await outbox.post(newReport('r1', body, [], 1), [])
  await outbox.delivered('r1', { number: '7', area: null, doubt: [], at: 2 })
  await outbox.refuse('r1', { status: 400, text, taken: false })
  await outbox.change('r1', (p) => ({ ...p, tries: 9 }))
  expect(outbox.store.get()[0]).toMatchObject({ state: 'sent', number: '7', tries: 0 })
})

test('an account does not see the parcels of another', async () => {
  const [wang, li] = [await box('a'), await box('b')]
  await wang.post(newReport('r1', body, [], 1), [])
  await li.reload()
  expect(li.store.get()).toEqual([])
})

test('the least tried goes first, and a case is told in order', () => {
  const waiting = (p: Parcel, over: Partial<Parcel> = {}) => ({ ...p, ...over }) as Parcel
  const report = newReport('r1', body, [], 1)
  const act = newAct('a1', 'r1', { act: 'comment', note: 'x' }, [], 2)
  const other = newReport('r2', body, [], 3)
  expect(nextOf([report, act, other], 9)?.id).toBe('r1')
  expect(nextOf([waiting(report, { tries: 1 }), act, other], 9)?.id).toBe('r2')
  expect(nextOf([waiting(report, { state: 'refused' }), act], 9)).toBeNull()
  expect(nextOf([waiting(report, { state: 'sent' }), act], 9)?.id).toBe('a1')
  expect(nextOf([waiting(other, { notBefore: 10 })], 9)).toBeNull()
  expect(nextTime([waiting(other, { notBefore: 10 }), waiting(report, { state: 'sent' })])).toBe(10)
})

test('it tries until all is durable, under the same id', async () => {
  const outbox = await box()
  const asked: string[] = []
  const sender = createSender(outbox, 'x', world(async (p) => {
    asked.push(p.id)
    return asked.length < 6 ? lost : durable
  }))
  await outbox.post(newReport('r1', body, [], 1), [])
  await outbox.post(newReport('r2', body, [], 2), [])
  sender.kick()
  await empty(outbox)
  expect(new Set(asked)).toEqual(new Set(['r1', 'r2']))
  expect(outbox.store.get().map((p) => p.number)).toEqual(['20260102-000001', '20260102-000001'])
  sender.stop()
})

test('one that fails by itself does not keep the others', async () => {
  const outbox = await box()
  let tries = 0
  const w = world(async (p) => (p.id === 'r1' && ++tries < 4 ? { kind: 'later', all: false, retryAfterS: 0 } : durable))
  const sender = createSender(outbox, 'x', w)
  await outbox.post(newReport('r1', body, [], 1), [])
  await outbox.post(newReport('r2', body, [], 2), [])
  sender.kick()
  await empty(outbox)
  expect(tries).toBe(4)
  expect(outbox.store.get()[0]).toMatchObject({ tries: 3, state: 'sent' })
  sender.stop()
})

test('what the server refuses is kept with its sentence', async () => {
  const outbox = await box()
  const sender = createSender(outbox, 'x', world(async () => ({ kind: 'refused', refusal: { status: 400, text, taken: false } })))
  await outbox.post(newReport('r1', body, ['p1'], 1), [picture('p1')])
  sender.kick()
  await vi.waitUntil(() => outbox.store.get()[0]?.state === 'refused')
  expect(outbox.store.get()[0]?.refusal?.text).toEqual(text)
  expect(await outbox.photosOf('r1')).toHaveLength(1)
  sender.stop()
})

test('nothing goes out under another account, and all of it once the own is back', async () => {
  const outbox = await box()
  const sent: string[] = []
  let own = false
  const w = world(async (p) => (sent.push(p.id), durable), { isSignedIn: async () => own })
  const sender = createSender(outbox, 'x', w)
  await outbox.post(newReport('r1', body, [], 1), [])
  sender.kick()
  await vi.waitUntil(() => sender.store.get().signedOut)
  expect(sent).toEqual([])
  own = true
  sender.kick(true)
  await empty(outbox)
  expect(sent).toEqual(['r1'])
  sender.stop()
})

test('neither the network nor the user hurries a server that named a time', async () => {
  const outbox = await box()
  let asked = 0
  let wake = () => {}
  const w = world(async () => (++asked === 1 ? { kind: 'later', all: true, retryAfterS: 60 } : durable), { after: (_, next) => ((wake = next), () => {}) })
  const sender = createSender(outbox, 'x', w)
  await outbox.post(newReport('r1', body, [], 1), [])
  sender.kick()
  await vi.waitUntil(() => outbox.store.get()[0]?.tries === 1 && sender.store.get().sending === '')
  sender.kick(true)
  expect(sender.store.get().retryAt).toBe(w.clock.now + 60_000)
  w.clock.now += 60_000
  wake()
  await empty(outbox)
  expect(asked).toBe(2)
  sender.stop()
})

/** A server of answers in a row; it remembers what it was asked. */
function server(...answers: [status: number, body: unknown][]): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push(`${init.method} ${path}`)
    const [status, said] = answers.shift() ?? [503, '']
    if (status === 0) throw new TypeError('no network')
    return new Response(typeof said === 'string' ? said : JSON.stringify(said), { status })
  })
  return asked
}

const taken: [number, unknown] = [201, { id: 'p1' }]
const stored = (id: string): [number, unknown] => [201, { case: { id, number: '7', areas: [{ layer: 'grids', id: 'f', code: '2', name: '二' }], doubt: [{ layer: 'grids', id: 'g', code: '1', name: '一' }] }, durable: true }]
const pictures = (sentAt = 0) => {
  const photo = { ...picture('p1', 'r1'), sentAt }
  return { photo: async () => photo, photoSent: async (_: string, at: number) => void (photo.sentAt = at) }
}
const report = newReport('r1', body, ['p1'], 1)
const day = 24 * 3600_000

test('pictures go first, and only those that the server does not have', async () => {
  const first = server(taken, stored('r1'))
  expect(await sendParcel(report, pictures(), day, signal)).toMatchObject({ kind: 'durable', number: '7', area: { code: '2' }, doubt: [{ code: '1' }] })
  expect(first).toEqual(['PUT /api/v1/photos/p1', 'POST /api/v1/cases'])
  const second = server(stored('r1'))
  await sendParcel(report, pictures(day - 1), day, signal)
  expect(second).toEqual(['POST /api/v1/cases'])
  const nextDay = server(taken, stored('r1'))
  await sendParcel(report, pictures(1), day, signal)
  expect(nextDay).toHaveLength(2)
})

const missed: [number, unknown] = [400, { code: 'invalid', text: { zh: '有照片还没有上传。', en: 'A photo was not uploaded.' } }]

test('a server that has lost a picture gets it again before its refusal counts', async () => {
  const asked = server(missed, taken, stored('r1'))
  expect((await sendParcel(report, pictures(day - 1), day, signal)).kind).toBe('durable')
  expect(asked).toEqual(['POST /api/v1/cases', 'PUT /api/v1/photos/p1', 'POST /api/v1/cases'])
  const act = server(missed, taken, stored('c1'))
  expect((await sendParcel(newAct('a1', 'c1', { act: 'report_done', note: 'x' }, ['p1'], 1), pictures(day - 1), day, signal)).kind).toBe('durable')
  expect(act).toEqual(['POST /api/v1/cases/c1/acts', 'PUT /api/v1/photos/p1', 'POST /api/v1/cases/c1/acts'])
  const twice = server(missed, taken, missed)
  expect((await sendParcel(report, pictures(day - 1), day, signal)).kind).toBe('refused')
  expect(twice).toHaveLength(3)
})

test('a report whose picture the server has lost leaves the outbox by itself', async () => {
  const outbox = await box()
  const w = world(sendParcel)
  w.clock.now = day
  await outbox.post(report, [{ ...picture('p1'), sentAt: day - 1 }])
  const asked = server(missed, taken, stored('r1'))
  const sender = createSender(outbox, 'x', w)
  sender.kick()
  await empty(outbox)
  expect(asked.filter((line) => line.startsWith('PUT'))).toEqual(['PUT /api/v1/photos/p1'])
  expect(outbox.store.get()[0]).toMatchObject({ state: 'sent', refusal: null, number: '7' })
  sender.stop()
})

test('only the word of the server itself settles something', async () => {
  const bare = newReport('r1', body, [], 1)
  const outcome = async (...answer: [number, unknown]) => {
    server(answer)
    return sendParcel(bare, pictures(), day, signal)
  }
  for (const [status, said] of [[200, '<html>Welcome to our network</html>'], [200, { durable: true, case: { id: 'r9' } }], [200, { case: { id: 'r1' } }],
    [403, '<html>blocked</html>'], [404, ''], [511, ''], [0, ''], [408, { text }], [500, { text }], [503, { text }], [429, { text }]] as [number, unknown][]) {
    expect(await outcome(status, said), `${status} ${JSON.stringify(said)}`).toMatchObject({ kind: 'later' })
  }
  expect(await outcome(500, { text })).toMatchObject({ all: false })
  expect(await outcome(503, { text })).toMatchObject({ all: true })
  expect(await outcome(401, { text })).toEqual({ kind: 'signedOut' })
  expect(await outcome(403, { text, mustChange: true })).toEqual({ kind: 'signedOut' })
  expect(await outcome(403, { text })).toEqual({ kind: 'refused', refusal: { status: 403, text, taken: false } })
  expect(await outcome(409, { text })).toMatchObject({ refusal: { taken: true } })
})

test('an act goes to its case', async () => {
  const asked = server(stored('c1'))
  expect((await sendParcel(newAct('a1', 'c1', { act: 'accept' }, [], 1), pictures(), day, signal)).kind).toBe('durable')
  expect(asked).toEqual(['POST /api/v1/cases/c1/acts'])
})
