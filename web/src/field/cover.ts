import type { BBox } from '../api/types'

export interface TileAddress {
  z: number
  x: number
  y: number
}

/** The zooms of a grid worker's day; nearer than that the map enlarges its tiles. */
const fromZoom = 10
export const nearestZoom = 16

/** Room around the territory, in degrees: some 150 m. */
const margin = 0.0015

function column(lon: number, z: number): number {
  return Math.floor(((lon + 180) / 360) * 2 ** z)
}

function row(lat: number, z: number): number {
  const sin = Math.sin((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180)
  return Math.floor((0.5 - Math.atanh(sin) / (2 * Math.PI)) * 2 ** z)
}

/**
 * The tiles in which a territory lies, from afar to near: whole zooms, as long as they
 * are no more than `most`.
 */
export function tilesOver([west, south, east, north]: BBox, most: number): TileAddress[] {
  const tiles: TileAddress[] = []
  for (let z = fromZoom; z <= nearestZoom; z++) {
    const [x0, x1] = [column(west - margin, z), column(east + margin, z)]
    const [y0, y1] = [row(north + margin, z), row(south - margin, z)]
    if (tiles.length + (x1 - x0 + 1) * (y1 - y0 + 1) > most) break
    for (let x = x0; x <= x1; x++) for (let y = y0; y <= y1; y++) tiles.push({ z, x, y })
  }
  return tiles
}
