import 'fake-indexeddb/auto'
import { afterEach, expect, test, vi } from 'vitest'
import { ApiError } from '../api/client'
import { keepOnlyFor, rememberAccount, rememberedAccount } from './account'
import type { Category } from './api'
import { findIn, leavesOf, treeOf, usualOf } from './categories'
import { tilesOver } from './cover'
import { openDB, read, write } from './db'
import { dropDraft, dropStrays, emptyDraft, keepDraft, readDraft, worthKeeping } from './draft'
import { exportFile, type ExportFile } from './export'
import { isProven, needsOf, offered, stateTitle, waitsForMe } from './flow'
import { createKept } from './kept'
import { newAct, newReport, type Photo } from './parcel'
import { bestPlaced, circle, distanceM, photoPlace, placeOf, type Fix } from './place'

const signal = new AbortController().signal
const picture = (id: string, parcel = '', size = 3): Photo => ({ id, parcel, type: 'image/jpeg', bytes: new Uint8Array(size).fill(7).buffer, sentAt: 0 })

afterEach(() => vi.unstubAllGlobals())

test('tiles cover a territory and a little around it, whole zooms only', () => {
  const grid: [number, number, number, number] = [113.62, 28.15, 113.632, 28.162]
  const tiles = tilesOver(grid, 250)
  expect(tiles[0]?.z).toBe(10)
  expect(Math.max(...tiles.map((t) => t.z))).toBe(16)
  expect(tiles.filter((t) => t.z === 16)).toContainEqual({ z: 16, x: Math.floor(((113.625 + 180) / 360) * 2 ** 16), y: tiles.find((t) => t.z === 16)!.y })
  const county = tilesOver([113, 27.8, 114.2, 28.6], 250)
  expect(county.length).toBeLessThanOrEqual(250)
  expect(Math.max(...county.map((t) => t.z))).toBeLessThan(16)
})

test('the place comes from what knows it best', () => {
  const now = 1_000_000_000
  const fix = (accuracyM: number): Fix => ({ at: [113.63, 28.16], accuracyM, when: now })
  const photo = (accuracyM: number | null, takenAt: number | null) =>
    photoPlace('p', { at: [113.64, 28.16], accuracyM, takenAt: takenAt === null ? null : new Date(takenAt) })
  expect(bestPlaced(null, null, now)).toBe('map')
  expect(bestPlaced(fix(12), null, now)).toBe('gps')
  expect(bestPlaced(null, photo(5, now), now)).toBe('photo')
  expect(bestPlaced(fix(12), photo(5, now), now)).toBe('gps')
  expect(bestPlaced(fix(400), photo(5, now), now)).toBe('photo')
  expect(bestPlaced(fix(12), photo(null, now - 3600_000), now)).toBe('photo')
  expect(placeOf('gps', [1, 2], fix(12.34), null)).toEqual({ lon: 113.63, lat: 28.16, accuracy: 12.3, placed: 'gps' })
  expect(placeOf('map', [1, 2], fix(12), null)).toEqual({ lon: 1, lat: 2, accuracy: 0, placed: 'map' })
  expect(placeOf('photo', [1, 2], fix(12), null).placed).toBe('map') // the photo was removed
})

test('distances and circles are metres', () => {
  expect(distanceM([113.63, 28.16], [113.63, 28.17])).toBeCloseTo(1112, 0)
  for (const at of circle([113.63, 28.16], 50).coordinates[0]!) expect(distanceM([113.63, 28.16], at as [number, number])).toBeCloseTo(50, 0)
})

const category = (code: string, parent: string, zh: string, over: Partial<Category> = {}): Category =>
  ({ code, parent, class: 'component', title: { zh, en: code }, icon: 'x', urgency: 'hard', ...over })
const all = [category('B01', '', '公用设施'), category('B0101', 'B01', '路灯', { usual: true }), category('B0102', 'B01', '井盖'), category('B0103', 'B01', '旧类', { retired: true })]

test('cases are of leaves that are in use; the usual and the last used come first', () => {
  expect(leavesOf(all).map((c) => c.code)).toEqual(['B0101', 'B0102'])
  expect(usualOf(all, ['B0102', 'gone']).map((c) => c.code)).toEqual(['B0102', 'B0101'])
  expect(treeOf(all)[0]?.leaves.map((b) => b.node.code)).toEqual(['B0101', 'B0102'])
  expect(findIn(all, '公用 井').map((c) => c.code)).toEqual(['B0102'])
  expect(findIn(all, 'B0101').map((c) => c.code)).toEqual(['B0101'])
  expect(findIn(all, ' ')).toEqual([])
})

test('the phone offers what it can ask for, and knows what an act needs', () => {
  expect(needsOf('in_progress', 'report_done')).toEqual(['note', 'proof'])
  expect(needsOf('filed', 'dispatch')).toBeNull() // a unit is chosen at a desk
  expect(offered('reported', ['comment', 'verify', 'take', 'amend', 'merge'])).toEqual({ main: ['verify', 'take'], more: ['comment'] })
  expect([waitsForMe('reported', ['verify']), waitsForMe('dispatched', ['locate', 'amend', 'comment'])]).toEqual([true, false])
  expect(stateTitle('reported').zh).toBe('待核实')
  expect(stateTitle('of a later build').zh).toBe('of a later build')
})

test('what a mediation came to proves that a dispute is settled, as the server has it', () => {
  const dispute = { id: 'c1', visibility: 'restricted' }
  const mediated = newAct('a1', 'c1', { act: 'mediate', outcome: 'agreed', note: 'x' }, [], 1)
  expect(isProven({ ...dispute, outcome: 'agreed' }, [])).toBe(true)
  expect(isProven({ ...dispute, outcome: 'not_agreed' }, [])).toBe(true)
  expect(isProven(dispute, [mediated])).toBe(true)
  expect(isProven(dispute, [{ ...mediated, state: 'refused' }])).toBe(false)
  expect(isProven(dispute, [{ ...mediated, caseID: 'c2' }])).toBe(false)
  expect(isProven(dispute, [])).toBe(false)
  expect(isProven({ ...dispute, visibility: 'internal', outcome: 'agreed' }, [])).toBe(false)
})

test('an export holds everything, pictures byte for byte', async () => {
  const body = { category: 'B0101', lon: 113, lat: 28, accuracy: 8, placed: 'gps', at: 'x', note: '墙', source: 'patrol' } as const
  const photo = picture('p1', 'r1', 100_000)
  const blob = await exportFile('wang', [newReport('r1', body, ['p1'], 1)], async () => [photo], 5)
  const file = JSON.parse(await blob.text()) as ExportFile
  expect(file.parcels[0]).toMatchObject({ id: 'r1', body: { note: '墙' }, state: 'waiting' })
  expect(Buffer.from(file.parcels[0]!.photos[0]!.base64, 'base64')).toEqual(Buffer.from(photo.bytes))
})

test('a draft survives with its pictures, and strays go', async () => {
  const db = await openDB('draft')
  expect(await readDraft(db)).toBeNull()
  const draft = { ...emptyDraft(), note: '路灯', photos: ['p1'] }
  expect(worthKeeping(draft)).toBe(true)
  expect(worthKeeping(emptyDraft())).toBe(false)
  await keepDraft(db, draft, picture('p1'))
  await keepDraft(db, draft, picture('stray'))
  await write(db, 'photos', picture('sent', 'r1'))
  await dropStrays(db)
  expect(await read(db, 'photos', 'stray')).toBeUndefined()
  expect((await readDraft(db))?.photos.map((p) => p.id)).toEqual(['p1'])
  await dropDraft(db)
  expect(await readDraft(db)).toBeNull()
  expect(await read(db, 'photos', 'p1')).toBeUndefined()
  expect(await read(db, 'photos', 'sent')).toBeDefined()
})

test('an answer is shown as it was, and an account does not keep what another was told', async () => {
  const db = await openDB('kept')
  let mine = true
  let next: () => Promise<string> = async () => 'new'
  const make = () => createKept(db, 'tasks', () => next(), () => mine, signal)
  const first = make()
  await first.refresh()
  const second = make()
  await second.open()
  expect(second.store.get()).toMatchObject({ value: 'new', busy: false })
  expect(second.store.get().asOf).toBeGreaterThan(0)
  next = async () => {
    throw new ApiError('unreachable', 0)
  }
  await second.refresh()
  expect(second.store.get()).toMatchObject({ value: 'new', error: { trouble: 'unreachable' } })
  mine = false
  next = async () => 'of somebody else'
  await second.refresh()
  const third = make()
  await third.open()
  expect(third.store.get().value).toBe('new')
})

test('when another account comes, what was shown goes and what was not sent stays', async () => {
  const stored = new Map<string, string>()
  vi.stubGlobal('localStorage', { getItem: (k: string) => stored.get(k) ?? null, setItem: (k: string, v: string) => stored.set(k, v), removeItem: (k: string) => stored.delete(k) })
  const db = await openDB('wang')
  await write(db, 'kept', { key: 'tasks', value: 1 })
  await write(db, 'tiles', { key: '/tiles/x' })
  await write(db, 'outbox', { id: 'r1' })
  rememberAccount('wang')
  await keepOnlyFor('wang')
  expect(await read(db, 'kept', 'tasks')).toBeDefined()
  await keepOnlyFor('li')
  expect(rememberedAccount()).toBeNull()
  expect([await read(db, 'kept', 'tasks'), await read(db, 'tiles', '/tiles/x')]).toEqual([undefined, undefined])
  expect(await read(db, 'outbox', 'r1')).toBeDefined()
})
