import { expect, test } from 'vitest'
import { diffPins, type DrawnPin } from './pindiff'

const pin = (id: string): DrawnPin => ({ look: { id, class: 'event', icon: 'wall', stand: 'waiting', filled: false, badge: '', ring: 0, late: false }, at: [113, 28] })

test('only what is different is sent', () => {
  const [a, b, c] = [pin('a'), pin('b'), pin('c')]
  const fresh = pin('b')
  expect(diffPins(new Map([['a', a], ['b', b]]), new Map([['b', fresh], ['c', c]]))).toEqual({ gone: ['a'], changed: [fresh, c] })
  expect(diffPins(new Map([['a', a]]), new Map([['a', a]]))).toEqual({ gone: [], changed: [] })
})
