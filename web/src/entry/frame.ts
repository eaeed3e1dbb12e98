import type { LonLat } from '../api/types'
import { boundsOf } from '../map/view'

/** A drawing's plane: Web Mercator, as wide as asked, y down. */
export interface Frame {
  width: number
  height: number
  at(lonLat: LonLat): [number, number]
}

const mercatorY = (lat: number) => (Math.asinh(Math.tan((lat * Math.PI) / 180)) * 180) / Math.PI

function rings(geometry: GeoJSON.Geometry): GeoJSON.Position[][] {
  if (geometry.type === 'Polygon') return geometry.coordinates
  return geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : []
}

/** A frame around areas, or null where there is nothing to frame. */
export function frameOf(areas: GeoJSON.Geometry[], width: number): Frame | null {
  const bounds = boundsOf(areas.flatMap(rings).flat() as LonLat[])
  if (!bounds || bounds[2] <= bounds[0]) return null
  const [west, south, east, north] = bounds
  const scale = width / (east - west)
  const top = mercatorY(north)
  return {
    width,
    height: (top - mercatorY(south)) * scale,
    at: ([lon, lat]) => [(lon - west) * scale, (top - mercatorY(lat)) * scale],
  }
}

/** An area as an SVG path. Points nearer than half a unit to the last one are left out. */
export function pathOf(area: GeoJSON.Geometry, frame: Frame): string {
  return rings(area).map((ring) => {
    let last: [number, number] = [Infinity, Infinity]
    const steps = ring.flatMap((position) => {
      const next = frame.at(position as LonLat)
      if (Math.hypot(next[0] - last[0], next[1] - last[1]) < 0.5) return []
      last = next
      return [`${next[0].toFixed(1)} ${next[1].toFixed(1)}`]
    })
    return steps.length > 2 ? `M${steps.join('L')}Z` : ''
  }).join('')
}
