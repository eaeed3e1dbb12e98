import { expect, test } from 'vitest'
import { frameOf, pathOf } from './frame'

const square: GeoJSON.Polygon = { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] }

test('a frame holds its areas, north up', () => {
  const frame = frameOf([square], 100)
  expect(frame?.height).toBeCloseTo(100, 1)
  expect(frame?.at([0, 1])).toEqual([0, 0])
  expect(frame?.at([1, 0])[0]).toBe(100)
  expect(frameOf([], 100)).toBeNull()
})

test('paths leave out what the eye cannot tell apart', () => {
  const frame = frameOf([square], 100)
  const fine: GeoJSON.Polygon = { type: 'Polygon', coordinates: [[[0, 0], [0.001, 0], [1, 0], [1, 1], [0, 0]]] }
  expect(frame && pathOf(fine, frame).split('L')).toHaveLength(4)
  expect(frame && pathOf({ type: 'Point', coordinates: [0, 0] }, frame)).toBe('')
})
