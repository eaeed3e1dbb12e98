import type { BBox, LonLat } from '../api/types'
import type { Preview, PreviewProperties } from './types'

/** What an extra point of the source "preview" is there for. */
export type Role = 'name' | 'mark'

/** So many names at most: more than a map can hold only cost time. */
const namesKept = 3000

const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

/**
 * The rows with a name written inside each area, and the place that somebody
 * asked for. Codes stand in for names only in datasets that bring codes.
 */
export function overlayOf(preview: Preview | null, mark: LonLat | null, coded: ReadonlySet<string>): GeoJSON.FeatureCollection {
  const extra: GeoJSON.Feature[] = mark ? [point(mark, { role: 'mark' })] : []
  if (!preview) return mark ? { ...nothing, features: extra } : nothing
  return { type: 'FeatureCollection', features: [...preview.features, ...names(preview, coded), ...extra] }
}

function point(coordinates: LonLat, properties: { role: Role; name?: string }): GeoJSON.Feature {
  return { type: 'Feature', geometry: { type: 'Point', coordinates }, properties }
}

function names(preview: Preview, coded: ReadonlySet<string>): GeoJSON.Feature[] {
  return preview.features.slice(0, namesKept).flatMap(({ geometry, properties }) => {
    const name = properties.name ?? (coded.has(properties.dataset) ? properties.code : undefined)
    const at = name === undefined ? null : inside(geometry)
    return at && name ? [point(at, { role: 'name', name })] : []
  })
}

function polygons(geometry: GeoJSON.Geometry): GeoJSON.Position[][][] {
  if (geometry.type === 'Polygon') return [geometry.coordinates]
  return geometry.type === 'MultiPolygon' ? geometry.coordinates : []
}

/** A point inside the largest part of an area: the middle of the widest stretch at half its height. */
export function inside(geometry: GeoJSON.Geometry): LonLat | null {
  const largest = polygons(geometry).map((rings) => ({ rings, area: Math.abs(ringArea(rings[0] ?? [])) })).sort((a, b) => b.area - a.area)[0]
  const box = boundsOf(largest?.rings.flat() ?? [])
  if (!largest || !box) return null
  const lat = (box[1] + box[3]) / 2
  const lons = largest.rings.flatMap((ring) => crossings(ring, lat)).sort((a, b) => a - b)
  let best: LonLat | null = null
  let widest = 0
  for (let i = 0; i + 1 < lons.length; i += 2) {
    const [from, to] = [lons[i] ?? 0, lons[i + 1] ?? 0]
    if (to - from > widest) {
      widest = to - from
      best = [(from + to) / 2, lat]
    }
  }
  return best
}

/** Twice the area in square degrees, signed by direction: good for comparing sizes. */
function ringArea(ring: GeoJSON.Position[]): number {
  return ring.reduce((sum, [x = 0, y = 0], i) => {
    const [nextX = 0, nextY = 0] = ring[(i + 1) % ring.length] ?? []
    return sum + x * nextY - nextX * y
  }, 0)
}

/** Where a ring crosses a latitude. */
function crossings(ring: GeoJSON.Position[], lat: number): number[] {
  return ring.slice(1).flatMap(([x2 = 0, y2 = 0], i) => {
    const [x1 = 0, y1 = 0] = ring[i] ?? []
    return y1 > lat === y2 > lat ? [] : [x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1)]
  })
}

function positions(geometry: GeoJSON.Geometry): GeoJSON.Position[] {
  switch (geometry.type) {
    case 'Point':
      return [geometry.coordinates]
    case 'MultiPoint':
    case 'LineString':
      return geometry.coordinates
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates.flat()
    case 'MultiPolygon':
      return geometry.coordinates.flat(2)
    default:
      return geometry.geometries.flatMap(positions)
  }
}

/** Without spreading: a preview has more positions than a call may have arguments. */
function boundsOf(list: GeoJSON.Position[]): BBox | null {
  let box: BBox | null = null
  for (const [x = 0, y = 0] of list) {
    box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y]
  }
  return box
}

/** What the rows cover, or null where nothing is drawn. */
export function boundsOfPreview(preview: Preview | null, wanted: (row: PreviewProperties) => boolean = () => true): BBox | null {
  const rows = (preview?.features ?? []).filter((feature) => wanted(feature.properties))
  return boundsOf(rows.flatMap((feature) => positions(feature.geometry)))
}
