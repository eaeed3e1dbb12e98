import { expect, test } from 'vitest'
import { switches } from '../style/options'
import { readAddress, writeAddress, type Address } from './address'

test('what is written is read again', () => {
  const address: Address = {
    view: { center: [113.63012, 28.16021], zoom: 14.25 },
    theme: 'day',
    hidden: new Set(['grids', 'units']),
    picked: { layer: 'heads', id: '0198a2b4-0000-7000-8000-000000000001' },
    modes: ['tour'],
  }
  expect(readAddress(writeAddress(address))).toEqual(address)
})

test('everything hidden is remembered too', () => {
  const address: Address = { view: null, theme: null, hidden: new Set(switches), picked: null, modes: [] }
  expect(readAddress(writeAddress(address)).hidden).toEqual(new Set(switches))
})

test.each(['', '#', '#map=', '#map=14/28', '#map=14//113', '#map=a/b/c', '#map=14/128/113', '#theme=pink', '#pick=links/1', '#pick=heads', '#pick=heads/a/b', '#on=disco'])('nonsense is left out: %s', (hash) => {
  expect(readAddress(hash)).toEqual({ view: null, theme: null, hidden: null, picked: null, modes: [] })
})
