import { expect, test } from 'vitest'
import { createStore } from './store'

test('listeners hear the present state at once, then each change, until they leave', () => {
  const store = createStore(1)
  const heard: number[] = []
  const leave = store.subscribe((n) => heard.push(n))
  store.update((n) => n + 1)
  store.update((n) => n)
  leave()
  store.update((n) => n + 1)
  expect(heard).toEqual([1, 2])
  expect(store.get()).toBe(3)
})
