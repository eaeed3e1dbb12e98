import type { BBox, LonLat } from '../api/types'

/** Where the map looks. */
export interface View {
  center: LonLat
  zoom: number
}

/** Room in pixels that panels take from the map's edges. */
export interface Padding {
  top: number
  right: number
  bottom: number
  left: number
}

/** The same room in pixels that are so many times as large. */
export function shrunk({ top, right, bottom, left }: Padding, times: number): Padding {
  return { top: top / times, right: right / times, bottom: bottom / times, left: left / times }
}

const earthCircumferenceM = 40_075_016.686
/** MapLibre's zoom 0 shows the world in one tile of 512 pixels. */
const worldPixels = 512

/** Metres on the ground that one CSS pixel covers at the view's centre. */
export function metresPerPixel({ center: [, lat], zoom }: View): number {
  return (earthCircumferenceM * Math.cos((lat * Math.PI) / 180)) / (worldPixels * 2 ** zoom)
}

/** The longest round distance (1, 2, 5 × 10ⁿ metres) that fits into widthPX. */
export function scaleBar(view: View, widthPX: number): { metres: number; widthPX: number } {
  const perPixel = metresPerPixel(view)
  const most = perPixel * widthPX
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = ([5, 2, 1].find((n) => n * power <= most) ?? 1) * power
  return { metres, widthPX: metres / perPixel }
}

/** The bounds of points, or null if there are none. */
export function boundsOf(points: readonly LonLat[]): BBox | null {
  if (points.length === 0) return null
  const lons = points.map(([lon]) => lon)
  const lats = points.map(([, lat]) => lat)
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}
