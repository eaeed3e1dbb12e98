import { expect, test } from 'vitest'
import { ApiError } from '../api/client'
import type { Config, LayerInfo, Me } from '../api/types'
import { inside } from './inside'
import { dims, litPoints, overlayOf, shadeAround } from './overlay'
import { backoffSeconds, changedLayers, initialState, learned, picking, toggled, trying, withConfig, withLoss, type Chosen } from './state'

const household = { layer: 'households', id: 'a' } as const
const head = { id: 'h', code: '7', name: '', lon: 113, lat: 28 }
const homes: Chosen['homes'] = [
  { id: 'a', code: '1', name: '', at: [113.001, 28] },
  { id: 'b', code: '2', name: '', at: [113.002, 28] },
  { id: 'c', code: '3', name: '', at: null },
]
const visitor: Me = { signedIn: false, login: '', mustChange: false, sso: false, rights: [], roles: [], pages: ['/', '/wall'] }
const wang: Me = { ...visitor, signedIn: true, login: 'wang', rights: ['see_households'] }
const square: GeoJSON.Polygon = { type: 'Polygon', coordinates: [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]] }

test('an answer for what is no longer chosen is dropped', () => {
  const first = picking(initialState('night'), household)
  const second = picking(first, { layer: 'heads', id: 'h' })
  expect(learned(second, household, { status: 'ready' })).toBe(second)
  expect(learned(first, household, { status: 'ready' }).chosen?.status).toBe('ready')
  expect(picking(first, null).chosen).toBeNull()
})

test('a lost server is asked again ever more slowly', () => {
  expect([1, 2, 3, 4, 5, 6, 40].map(backoffSeconds)).toEqual([1, 2, 4, 8, 16, 30, 30])
  const error = new ApiError('unreachable', 0)
  const lost = withLoss(withLoss(initialState('night'), error, 1000), error, 5000)
  expect(lost.connection).toMatchObject({ state: 'lost', failures: 2, retryAt: 7000, goodAt: 0 })
  expect(trying(lost).connection.retryAt).toBe(0)
})

test('a layer has changed when its version has, not its count', () => {
  const config = (versions: Partial<Record<LayerInfo['name'], string>>) =>
    ({ me: visitor, lag: 0, layers: Object.entries(versions).map(([name, version]) => ({ name, version, count: 7 })) }) as Config
  const before = config({ grids: 's-1', households: 's-1' })
  expect(changedLayers(null, before)).toEqual([])
  expect(changedLayers(before, config({ grids: 's-1', households: 's-1' }))).toEqual([])
  expect(changedLayers(before, config({ grids: 's-2', households: 's-1' }))).toEqual(['grids'])
  expect(changedLayers(before, config({ grids: 't-1', households: 't-1' }))).toEqual(['grids', 'households'])
})

test('a server without its database has answered, and says as of when the map is', () => {
  const config = { me: wang, layers: [], lag: 7 } as unknown as Config
  const aged = withConfig(initialState('night'), config, 60_000)
  expect(aged).toMatchObject({ config, connection: { state: 'lost', goodAt: 53_000, retryAt: 65_000, error: null } })
  expect(withConfig(aged, { ...config }, 61_000).config).toBe(aged.config)
  expect(withConfig(aged, { ...config, lag: 0 }, 65_000).connection).toMatchObject({ state: 'online', goodAt: 65_000, retryAt: 0 })
})

test('switches go on and off', () => {
  const state = initialState('day')
  expect(toggled(state, 'grids').hidden.has('grids')).toBe(true)
  expect(toggled(toggled(state, 'grids'), 'grids').hidden).toEqual(state.hidden)
})

test('a household lights its head and all the homes of that head, with a line to each', () => {
  const state = learned(picking(initialState('night'), household), household, { status: 'ready', head, homes })
  const roles = overlayOf(state.chosen).features.map((f) => f.properties?.['role'])
  expect(roles).toEqual(['link', 'self', 'link', 'household', 'head'])
  expect(dims(state.chosen)).toBe(true)
  expect(state.chosen && litPoints(state.chosen)).toEqual([[113.001, 28], [113.002, 28], [113, 28]])
  expect(overlayOf(null).features).toEqual([])
})

test('an area leaves the rest of the world in shade, its own holes excepted', () => {
  expect(shadeAround(square).coordinates).toHaveLength(2)
  expect(shadeAround({ type: 'MultiPolygon', coordinates: [square.coordinates, square.coordinates] }).coordinates).toHaveLength(3)
})

test('inside an area', () => {
  expect(inside(square, [3, 3])).toBe(true)
  expect(inside(square, [1.5, 1.5])).toBe(false)
  expect(inside(square, [5, 3])).toBe(false)
  expect(inside({ type: 'MultiPolygon', coordinates: [square.coordinates] }, [0.5, 3])).toBe(true)
})

test('when the session ends, what only the signed-in see is gone, and the map stays', () => {
  const config = (me: Me, ...names: LayerInfo['name'][]) => ({ me, lag: 0, layers: names.map((name) => ({ name, version: '1', count: 7 })) }) as Config
  const before = config(wang, 'communities', 'households')
  const after = config(visitor, 'communities')
  const signedIn = { ...picking(withConfig(initialState('night'), before, 1), household), view: { center: [113, 28] as [number, number], zoom: 12 } }
  expect(signedIn.ended).toBe(false)
  const ended = withConfig(signedIn, after, 2)
  expect(ended).toMatchObject({ ended: true, chosen: null, view: { zoom: 12 }, connection: { state: 'online' } })
  expect(withConfig(ended, after, 3).ended).toBe(true)
  expect(withConfig(ended, before, 4).ended).toBe(false)
  expect(changedLayers(before, after)).toEqual(['communities'])
  expect(changedLayers(after, after)).toEqual([])
  // A visitor who came with an address keeps the answer that it is not shown.
  expect(withConfig(picking(initialState('night'), household), after, 1).chosen?.picked).toEqual(household)
})
