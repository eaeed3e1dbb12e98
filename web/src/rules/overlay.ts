import type { Routed } from '../api/rules'
import type { LonLat } from '../api/types'
import { circle } from '../field/place'

/** A pin on the test bench, and what the rules make of it once that is known. */
export interface Trial {
  at: LonLat
  accuracyM: number
  routed: Routed | null
}

type Shape = GeoJSON.Geometry

const feature = (geometry: Shape, properties: object = {}): GeoJSON.Feature => ({ type: 'Feature', geometry, properties: { ...properties } })
const point = (at: LonLat): GeoJSON.Point => ({ type: 'Point', coordinates: at })
const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features })

/** Where the pin belongs: outlines of its areas, and the way to its neighbor head. */
export function placeOverlay(trial: Trial | null, shapes: ReadonlyMap<string, Shape>): GeoJSON.FeatureCollection {
  const routed = trial?.routed
  if (!trial || !routed) return collection([])
  const outlines = routed.areas.flatMap(({ id }) => shapes.get(id) ?? []).map((shape) => feature(shape, { role: 'outline' }))
  const { head } = routed
  if (!head) return collection(outlines)
  const there: LonLat = [head.lon, head.lat]
  return collection([...outlines, feature({ type: 'LineString', coordinates: [trial.at, there] }, { role: 'link' }), feature(point(there), { role: 'head' })])
}

/** The pin, the circle in which it may be, and the areas that are in doubt. */
export function pinOverlay(trial: Trial | null, shapes: ReadonlyMap<string, Shape>): GeoJSON.FeatureCollection {
  if (!trial) return collection([])
  const doubt = (trial.routed?.doubt ?? []).flatMap(({ id }) => shapes.get(id) ?? []).map((shape) => feature(shape))
  const around = trial.accuracyM > 0 ? [feature(circle(trial.at, trial.accuracyM))] : []
  return collection([...doubt, ...around, feature(point(trial.at), { role: 'mark' })])
}
