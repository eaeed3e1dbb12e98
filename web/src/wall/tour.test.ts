import { expect, test } from 'vitest'
import type { AreaFigures, Figures, Pin } from '../cases/types'
import { tourOf } from './tour'

const now = Date.parse('2026-11-22T12:00:00+08:00')
const pin = (id: string, due: string) => ({ id, number: id, due, lon: 113, lat: 28 }) as Pin
const figures = { byArea: [['a', 3], ['b', 9], ['c', 0]].map(([id, open]) => ({ layer: 'communities', id, open }) as AreaFigures) } as Figures

test('the latest first, with busy areas between', () => {
  const pins = ['2026-11-22T11:00:00+08:00', '2026-11-20T11:00:00+08:00', '2026-11-21T11:00:00+08:00', '2026-11-23T11:00:00+08:00'].map((due, i) => pin(`p${i}`, due))
  const names = tourOf(pins, figures, now).map((stop) => ('case' in stop ? stop.case : stop.area.id))
  expect(names).toEqual(['p1', 'p2', 'b', 'p0', 'a'])
  expect(tourOf([], figures, now).map((stop) => ('area' in stop ? stop.area.id : ''))).toEqual(['b', 'a'])
  expect(tourOf([], null, now)).toEqual([])
})
