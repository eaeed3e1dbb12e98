import { expect, test } from 'vitest'
import { boundsOf, metresPerPixel, scaleBar } from './view'

test('metres per pixel halve with each zoom and shrink towards the poles', () => {
  const at = (lat: number, zoom: number) => metresPerPixel({ center: [113.6, lat], zoom })
  expect(at(0, 0)).toBeCloseTo(78271.5, 1)
  expect(at(0, 1)).toBeCloseTo(at(0, 0) / 2)
  expect(at(60, 0)).toBeCloseTo(at(0, 0) / 2)
})

test('the scale bar is a round distance that fits', () => {
  for (let zoom = 2; zoom < 20; zoom += 0.37) {
    const bar = scaleBar({ center: [113.63, 28.16], zoom }, 120)
    expect(bar.widthPX).toBeLessThanOrEqual(120)
    expect(bar.widthPX).toBeGreaterThan(120 / 2.6)
    expect(String(bar.metres)).toMatch(/^[125]0*(\.0*)?$|^0\.0*[125]$/)
  }
})

test('bounds of points', () => {
  expect(boundsOf([])).toBeNull()
  expect(boundsOf([[2, 5], [1, 9]])).toEqual([1, 5, 2, 9])
})
