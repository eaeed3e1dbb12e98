import type { LonLat } from '../api/types'
import type { Role } from '../style/overlays'
import type { Chosen } from './state'

type Feature = GeoJSON.Feature<GeoJSON.Geometry, { role: Role }>

const collection = (features: Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features })
const feature = (role: Role, geometry: GeoJSON.Geometry): Feature => ({ type: 'Feature', properties: { role }, geometry })
const point = (role: Role, at: LonLat): Feature => feature(role, { type: 'Point', coordinates: at })

export const nothing = collection([])

/** What the map draws of the choice: an area with the rest in shade, or a head with all its homes. */
export function overlayOf(chosen: Chosen | null): GeoJSON.FeatureCollection {
  if (!chosen) return nothing
  return collection([...areaPart(chosen), ...homesPart(chosen), ...(chosen.at ? [point('case', chosen.at)] : [])])
}

function areaPart({ outline }: Chosen): Feature[] {
  if (!outline) return []
  return [feature('shade', shadeAround(outline)), feature('outline', outline)]
}

/** The world but for the area. */
export function shadeAround(area: GeoJSON.Polygon | GeoJSON.MultiPolygon): GeoJSON.Polygon {
  const world = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]]
  const outer = area.type === 'Polygon' ? area.coordinates.slice(0, 1) : area.coordinates.flatMap((polygon) => polygon.slice(0, 1))
  return { type: 'Polygon', coordinates: [world, ...outer] }
}

function homesPart({ picked, card, head, homes }: Chosen): Feature[] {
  const features: Feature[] = []
  for (const { id, at } of homes) {
    if (!at) continue
    if (head) features.push(feature('link', { type: 'LineString', coordinates: [[head.lon, head.lat], at] }))
    features.push(point(id === picked.id ? 'self' : 'household', at))
  }
  if (head) features.push(point('head', [head.lon, head.lat]))
  // A place of its own, or a household that nobody looks after.
  if (card && !head && (card.layer === 'households' || card.layer === 'units')) features.push(point('self', [card.lon, card.lat]))
  return features
}

/** Whether the choice makes the other lights step back. */
export function dims(chosen: Chosen | null): boolean {
  return chosen !== null && (chosen.head !== null || chosen.card?.layer === 'households')
}

/** Every point that the choice lights. */
export function litPoints({ head, homes }: Chosen): LonLat[] {
  const points = homes.flatMap(({ at }) => (at ? [at] : []))
  return head ? [...points, [head.lon, head.lat]] : points
}
