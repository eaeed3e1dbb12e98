import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPace } from './pace'

const frameMS = 16

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, frameMS))
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** Each takes a millisecond. */
function setup() {
  const taken: number[] = []
  const map = { moves: true }
  let spent = 0
  const pace = createPace<number>(() => map.moves, (one) => {
    taken.push(one)
    spent++
  }, () => spent)
  const come = (...list: number[]) => list.map((one) => pace.holds(one))
  return { taken, map, pace, come }
}

test('at rest nothing waits', async () => {
  const { map, come, taken } = setup()
  map.moves = false
  expect(come(1, 2)).toEqual([false, false])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(taken).toEqual([])
})

test('a row that comes while the map moves is taken in over several pictures, in its order', async () => {
  const { come, taken } = setup()
  expect(come(1, 2, 3, 4, 5, 6, 7)).not.toContain(false)
  expect(taken).toEqual([])
  await vi.advanceTimersByTimeAsync(frameMS)
  expect(taken).toEqual([1, 2, 3])
  come(8)
  await vi.advanceTimersByTimeAsync(frameMS)
  expect(taken).toEqual([1, 2, 3, 4, 5, 6])
  await vi.advanceTimersByTimeAsync(frameMS)
  expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(taken.length).toBe(8)
})

test('what comes at rest waits only behind what came before, and more is taken in at once', async () => {
  const { map, come, taken } = setup()
  come(1, 2, 3, 4)
  map.moves = false
  expect(come(5, 6, 7)).toEqual([true, true, true])
  await vi.advanceTimersByTimeAsync(frameMS)
  expect(taken).toEqual([1, 2, 3, 4, 5, 6])
  await vi.advanceTimersByTimeAsync(frameMS)
  expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(come(8)).toEqual([false])
})

test('where there are no pictures nothing waits for long', async () => {
  vi.stubGlobal('requestAnimationFrame', () => 0)
  const { come, taken } = setup()
  come(1, 2, 3, 4, 5)
  await vi.advanceTimersByTimeAsync(1_999)
  expect(taken).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(taken).toEqual([1, 2, 3, 4, 5])
})

test('all can be let in at once', async () => {
  const { pace, come, taken } = setup()
  come(1, 2, 3, 4, 5)
  pace.all()
  expect(taken).toEqual([1, 2, 3, 4, 5])
  pace.all()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(taken.length).toBe(5)
})
