import type { LonLat } from '../api/types'

function crosses(ring: GeoJSON.Position[], [lon, lat]: LonLat): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax = 0, ay = 0] = ring[i] ?? []
    const [bx = 0, by = 0] = ring[j] ?? []
    if (ay > lat !== by > lat && lon < ((bx - ax) * (lat - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}

/** Whether a point lies in an area, by the even-odd rule over all rings. */
export function inside(area: GeoJSON.Polygon | GeoJSON.MultiPolygon, at: LonLat): boolean {
  const rings = area.type === 'Polygon' ? area.coordinates : area.coordinates.flat()
  return rings.filter((ring) => crosses(ring, at)).length % 2 === 1
}
