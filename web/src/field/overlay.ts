import type { LonLat } from '../api/types'
import { shadeAround } from '../wall/overlay'
import type { Ground } from './api'
import { circle, type Fix } from './place'

const feature = (geometry: GeoJSON.Geometry, properties: object = {}): GeoJSON.Feature => ({ type: 'Feature', geometry, properties: { ...properties } })
const point = (at: LonLat): GeoJSON.Point => ({ type: 'Point', coordinates: at })
const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features })

/** The own ground, with the rest of the world in shade. */
export function groundOverlay(ground: Ground | null): GeoJSON.FeatureCollection {
  const outline = ground?.outline
  if (!outline) return collection([])
  return collection([feature(shadeAround(outline), { role: 'shade' }), feature(outline, { role: 'outline' })])
}

/** Where the phone is, as sure as it is, and the pins: own reports on their way, and tasks. */
export function pinsOverlay(fix: Fix | null, pins: readonly LonLat[]): GeoJSON.FeatureCollection {
  const here = fix ? [feature(circle(fix.at, fix.accuracyM)), feature(point(fix.at))] : []
  return collection([...here, ...pins.map((at) => feature(point(at), { role: 'mark' }))])
}
