import { expect, test } from 'vitest'
import { backoffMS } from './backoff'
import { newID } from './uuid'

test('ids are UUIDv7 of their time, and differ', () => {
  const id = newID(0x0198abcd1234)
  expect(id).toMatch(/^0198abcd-1234-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(Array.from({ length: 1000 }, () => newID(1))).size).toBe(1000)
})

test('the wait doubles up to five minutes, by chance in its upper half, and never before the server says', () => {
  expect([1, 2, 3, 4].map((n) => backoffMS(n, 1))).toEqual([2000, 4000, 8000, 16000])
  expect(backoffMS(1, 0)).toBe(1000)
  expect(backoffMS(60, 1)).toBe(300_000)
  expect(backoffMS(1, 0.5, 30)).toBe(30_000)
})
