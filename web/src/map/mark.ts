import type { LonLat } from '../api/types'

/** A scene's preview that marks one place, or nothing. */
export function markAt(at: LonLat | null): GeoJSON.FeatureCollection {
  return { type: 'FeatureCollection', features: at ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: { role: 'mark' } }] : [] }
}
