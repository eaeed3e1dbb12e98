import { expect, test } from 'vitest'
import { choose, type Candidate } from './pick'

const head: Candidate = { layer: 'heads', id: 'h', distancePX: 4 }
const home: Candidate = { layer: 'households', id: 'a', distancePX: 2 }
const grid: Candidate = { layer: 'grids', id: 'g', distancePX: null }
const community: Candidate = { layer: 'communities', id: 'c', distancePX: null }

test('a point wins over ground, and a lamp over a light that is hardly nearer', () => {
  expect(choose([grid, community, home], 16)).toEqual({ layer: 'households', id: 'a' })
  expect(choose([home, head], 16)).toEqual({ layer: 'heads', id: 'h' })
  expect(choose([home, { ...head, distancePX: 7 }], 16)).toEqual({ layer: 'households', id: 'a' })
})

test('ground means the grid near by and the community from afar', () => {
  expect(choose([community, grid], 15)).toEqual({ layer: 'grids', id: 'g' })
  expect(choose([community, grid], 12)).toEqual({ layer: 'communities', id: 'c' })
  expect(choose([community], 15)).toEqual({ layer: 'communities', id: 'c' })
})

test('clusters have no id and are not chosen', () => {
  expect(choose([{ layer: 'households', id: undefined, distancePX: 0 }], 12)).toBeNull()
})
