import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRetries, passes } from './retries'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setup(chance = 0) {
  const start = Date.now()
  const askedAfterS: number[] = []
  const retries = createRetries(() => askedAfterS.push((Date.now() - start) / 1000), () => chance)
  return { askedAfterS, retries }
}

test('what may come later is asked for again, and nothing else', () => {
  expect([0, 429, 502, 503, 504].every(passes)).toBe(true)
  expect([200, 204, 400, 401, 403, 404, 500].some(passes)).toBe(false)
})

test('what is missed together is asked for once', () => {
  const { askedAfterS, retries } = setup()
  retries.missed(0)
  vi.advanceTimersByTime(1000)
  retries.missed(0)
  retries.missed(1)
  vi.advanceTimersByTime(100_000)
  expect(askedAfterS).toEqual([2])
})

test('never sooner than the server said', () => {
  const { askedAfterS, retries } = setup()
  retries.missed(0)
  retries.missed(50)
  vi.advanceTimersByTime(100_000)
  expect(askedAfterS).toEqual([50])
})

test('misses that go on do not put it off', () => {
  const { askedAfterS, retries } = setup()
  for (let second = 0; second < 5; second++) {
    retries.missed(5)
    vi.advanceTimersByTime(1000)
  }
  expect(askedAfterS).toEqual([5])
})

test('ever more slowly, and spread by chance', () => {
  const waits = (chance: number) => {
    const { askedAfterS, retries } = setup(chance)
    for (let i = 0; i < 6; i++) {
      retries.missed(0)
      vi.advanceTimersToNextTimer()
    }
    return askedAfterS.map((at, i) => at - (askedAfterS[i - 1] ?? 0))
  }
  expect(waits(0)).toEqual([2, 4, 8, 16, 20, 20])
  expect(waits(1)).toEqual([3, 6, 12, 24, 30, 30])
})

test('from the beginning after all has come, and not again for what nobody wants', () => {
  const { askedAfterS, retries } = setup()
  retries.missed(0)
  vi.advanceTimersToNextTimer()
  retries.missed(0)
  retries.whole()
  vi.advanceTimersByTime(98_000)
  expect(askedAfterS).toEqual([2])
  retries.missed(0)
  vi.advanceTimersByTime(2000)
  expect(askedAfterS).toEqual([2, 102])
})

test('nobody asks after the end', () => {
  const { askedAfterS, retries } = setup()
  retries.missed(0)
  retries.stop()
  retries.missed(0)
  vi.advanceTimersByTime(100_000)
  expect(askedAfterS).toEqual([])
})
