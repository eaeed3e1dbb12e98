import { expect, test } from 'vitest'
import { sayIn } from '../lang'
import { linesOf, secondsLeft, shownMS } from './person'

const en = sayIn('en')

test('before a purpose is stated the card says how many needs, not which', () => {
  const masked = { name: 'Z**', phone: '138****1234', members: 3, needs: 1, note: true }
  expect(linesOf(null, masked, en).map((l) => `${l.label}: ${l.value}`)).toEqual(['name: Z**', 'phone: 138****1234', 'members: 3', 'needs: 1', 'note: there is one'])
  const full = { name: 'Zhang', needs: ['lives alone', 'deaf'] }
  expect(linesOf(full, masked, en).map((l) => `${l.label}: ${l.value}`)).toEqual(['name: Zhang', 'needs: lives alone, deaf'])
  expect(linesOf(null, { needs: 0, note: false }, en)).toEqual([])
})

test('what is left is told in whole seconds and never below none', () => {
  expect(secondsLeft(shownMS, 0)).toBe(60)
  expect(secondsLeft(1001, 0)).toBe(2)
  expect(secondsLeft(0, 5000)).toBe(0)
})
