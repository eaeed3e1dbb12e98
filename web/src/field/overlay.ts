import type { LonLat } from '../api/types'
import { shadeAround } from '../wall/overlay'
import type { Ground } from './api'
import { circle, type Fix } from './place'

/** A pin of this page: an own report on its way, or a task. */
export interface Pin {
  at: LonLat
  name: string
}

const feature = (geometry: GeoJSON.Geometry, properties: object = {}): GeoJSON.Feature => ({ type: 'Feature', geometry, properties: { ...properties } })
const point = (at: LonLat): GeoJSON.Point => ({ type: 'Point', coordinates: at })
const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features })

/** The own ground, with the rest of the world in shade. */
export function groundOverlay(ground: Ground | null): GeoJSON.FeatureCollection {
  const outline = ground?.outline
  if (!outline) return collection([])
  return collection([feature(shadeAround(outline), { role: 'shade' }), feature(outline, { role: 'outline' })])
}

/** Where the phone is, as sure as it is, and the pins. */
export function pinsOverlay(fix: Fix | null, pins: readonly Pin[]): GeoJSON.FeatureCollection {
  const here = fix ? [feature(circle(fix.at, fix.accuracyM)), feature(point(fix.at), { role: 'mark' })] : []
  return collection([...here, ...pins.flatMap(({ at, name }) => [feature(point(at)), feature(point(at), { role: 'name', name })])])
}
