import { expect, test } from 'vitest'
import { commandOf, stepped } from './keys'

const press = (key: string, more = {}) => commandOf({ key, ctrlKey: false, altKey: false, metaKey: false, ...more })

test('keys of a remote control', () => {
  expect([press('ArrowLeft'), press('7'), press('0'), press('H'), press('F1'), press('x')]).toEqual([
    { do: 'case', by: -1 }, { do: 'nth', n: 7 }, { do: 'town' }, { do: 'heat' }, { do: 'keys' }, null])
  expect(press('f', { ctrlKey: true })).toBeNull()
})

test('steps go around', () => {
  expect([stepped(['a', 'b'], null, 1), stepped(['a', 'b'], 'b', 1), stepped(['a', 'b'], 'a', -1), stepped(['a', 'b'], 'gone', -1), stepped([], null, 1)]).toEqual(['a', 'a', 'b', 'b', undefined])
})
