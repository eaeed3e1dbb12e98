import type { LonLat } from '../api/types'
import type { Exif } from './exif'
import type { Placed, Place } from './parcel'

/** Where the phone says that it is. */
export interface Fix {
  at: LonLat
  accuracyM: number
  /** Unix milliseconds. */
  when: number
}

/** Where a picture was taken. */
export interface PhotoPlace {
  photo: string
  at: LonLat
  accuracyM: number
  takenAt: number | null
}

/** What cameras are usually off by that do not say it. */
const cameraM = 20
/** Pictures this much older than the report were taken somewhere else, perhaps. */
const sameVisitMS = 10 * 60_000
/** A fix at least this good is the place where somebody stands. */
const goodM = 30

export function photoPlace(photo: string, exif: Exif): PhotoPlace | null {
  return exif.at && { photo, at: exif.at, accuracyM: exif.accuracyM ?? cameraM, takenAt: exif.takenAt?.getTime() ?? null }
}

/**
 * Which position says best where the thing is that is reported, before anybody moves
 * the map. A picture taken earlier shows where it was seen; one taken now counts where
 * it knows better than the phone.
 */
export function bestPlaced(fix: Fix | null, photo: PhotoPlace | null, now: number): Placed {
  if (!photo) return fix ? 'gps' : 'map'
  if (!fix) return 'photo'
  if (photo.takenAt !== null && now - photo.takenAt > sameVisitMS) return 'photo'
  return fix.accuracyM > goodM && photo.accuracyM < fix.accuracyM ? 'photo' : 'gps'
}

/** The place of a report: what is under the crosshair, or the position that it was taken from. */
export function placeOf(placed: Placed, centre: LonLat, fix: Fix | null, photo: PhotoPlace | null): Place {
  const round = (x: number) => Math.round(x * 1e7) / 1e7
  const from = placed === 'gps' ? fix : placed === 'photo' ? photo : null
  const [lon, lat] = from?.at ?? centre
  return { lon: round(lon), lat: round(lat), accuracy: from ? Math.round(from.accuracyM * 10) / 10 : 0, placed: from ? placed : 'map' }
}

const earthRadiusM = 6_371_008.8
const radians = Math.PI / 180

/** Metres between two points, on a sphere: near enough for what a person walks. */
export function distanceM([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const x = (lon2 - lon1) * radians * Math.cos(((lat1 + lat2) / 2) * radians)
  return Math.hypot(x, (lat2 - lat1) * radians) * earthRadiusM
}

/** The circle that a fix may be off, as a polygon. */
export function circle([lon, lat]: LonLat, radiusM: number): GeoJSON.Polygon {
  const steps = 48
  const dLat = radiusM / earthRadiusM / radians
  const dLon = dLat / Math.cos(lat * radians)
  const ring = Array.from({ length: steps + 1 }, (_, i): LonLat => {
    const angle = ((i % steps) / steps) * 2 * Math.PI
    return [lon + dLon * Math.sin(angle), lat + dLat * Math.cos(angle)]
  })
  return { type: 'Polygon', coordinates: [ring] }
}
