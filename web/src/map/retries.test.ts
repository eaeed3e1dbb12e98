import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRetries, passes, type TileAt } from './retries'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setup() {
  const asked: [string, TileAt[] | null][] = []
  return { asked, retries: createRetries((source, tiles) => asked.push([source, tiles]), () => 0) }
}

const here = { z: 12, x: 3340, y: 1713 }
const beside = { z: 12, x: 3341, y: 1713 }

test('what may come later is asked for again, and nothing else', () => {
  expect([0, 429, 502, 503, 504].every(passes)).toBe(true)
  expect([200, 204, 400, 401, 403, 404, 500].some(passes)).toBe(false)
})

test('tiles are asked for together', () => {
  const { asked, retries } = setup()
  retries.missed('links', here, 0)
  vi.advanceTimersByTime(1000)
  retries.missed('links', beside, 0)
  retries.missed('heads', here, 1)
  vi.advanceTimersByTime(999)
  expect(asked).toEqual([])
  vi.advanceTimersByTime(1)
  expect(asked).toEqual([['links', [here, beside]], ['heads', [here]]])
  vi.advanceTimersByTime(100_000)
  expect(asked).toHaveLength(2)
})

test('a source that is not described is asked for as a whole', () => {
  const { asked, retries } = setup()
  retries.missed('links', here, 0)
  retries.missed('links', null, 0)
  retries.missed('links', beside, 0)
  vi.advanceTimersByTime(2000)
  expect(asked).toEqual([['links', null]])
})

test('never sooner than the server said', () => {
  const { asked, retries } = setup()
  retries.missed('links', here, 0)
  retries.missed('links', beside, 50)
  vi.advanceTimersByTime(49_999)
  expect(asked).toEqual([])
  vi.advanceTimersByTime(1)
  expect(asked).toEqual([['links', [here, beside]]])
})

test('ever more slowly, up to half a minute, and from the beginning after something came', () => {
  const { asked, retries } = setup()
  const waits: number[] = []
  for (let i = 0; i < 7; i++) {
    retries.missed('links', here, 0)
    const before = Date.now()
    vi.advanceTimersToNextTimer()
    waits.push((Date.now() - before) / 1000)
  }
  expect(waits).toEqual([2, 4, 8, 16, 30, 30, 30])
  expect(asked).toHaveLength(7)
  vi.advanceTimersByTime(60_000)
  retries.missed('links', here, 0)
  vi.advanceTimersByTime(2000)
  expect(asked).toHaveLength(8)
})

test('nobody asks after the end', () => {
  const { asked, retries } = setup()
  retries.missed('links', here, 0)
  retries.stop()
  vi.advanceTimersByTime(100_000)
  expect(asked).toEqual([])
})
