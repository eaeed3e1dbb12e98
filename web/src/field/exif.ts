import type { LonLat } from '../api/types'

/** What a camera wrote into a picture about itself. */
export interface Exif {
  /** Where it stood, EPSG:4326. */
  at: LonLat | null
  /** How far off that may be, where the camera says so. */
  accuracyM: number | null
  /** When, by its clock; where it gives no zone, as the phone's own. */
  takenAt: Date | null
}

/** As much of a file's beginning as is read: EXIF is one segment of at most 64 KB near it. */
export const exifBytes = 256 * 1024

const nothing: Exif = { at: null, accuracyM: null, takenAt: null }

/** Reads EXIF from the beginning of a JPEG. What is broken or missing counts as not there. */
export function readExif(file: ArrayBuffer): Exif {
  try {
    const tiff = findTiff(new DataView(file))
    return tiff ? readTiff(tiff) : nothing
  } catch (error) {
    if (error instanceof RangeError) return nothing // an offset led out of the file
    throw error
  }
}

/** Walks the segments of a JPEG to the one that holds EXIF. */
function findTiff(view: DataView): DataView | null {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null
  for (let at = 2; at + 4 <= view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at++ // filling
      continue
    }
    if (marker === 0xda || marker === 0xd9) return null // the picture itself begins
    const length = view.getUint16(at + 2)
    if (length < 2) return null
    // "Exif", 0, 0
    if (marker === 0xe1 && length > 16 && view.getUint32(at + 4) === 0x45786966 && view.getUint16(at + 8) === 0) {
      return new DataView(view.buffer, view.byteOffset + at + 10, Math.min(length - 8, view.byteLength - at - 10))
    }
    at += 2 + length
  }
  return null
}

interface Entry {
  type: number
  count: number
  /** Where the value lies. */
  at: number
}

/** More entries than any camera writes; a file that claims more is read no further. */
const mostEntries = 512
const sizes: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 }

const tag = { exif: 0x8769, gps: 0x8825, takenAt: 0x9003, zone: 0x9011, latRef: 1, lat: 2, lonRef: 3, lon: 4, error: 0x1f } as const

class Tiff {
  private readonly little: boolean

  constructor(private readonly view: DataView) {
    this.little = view.getUint16(0) === 0x4949
  }

  u16 = (at: number) => this.view.getUint16(at, this.little)
  u32 = (at: number) => this.view.getUint32(at, this.little)

  directory(at: number): Map<number, Entry> {
    const entries = new Map<number, Entry>()
    const count = Math.min(this.u16(at), mostEntries)
    for (let i = 0; i < count; i++) {
      const entry = at + 2 + i * 12
      const type = this.u16(entry + 2)
      const n = this.u32(entry + 4)
      const bytes = (sizes[type] ?? 0) * n
      entries.set(this.u16(entry), { type, count: n, at: bytes > 4 ? this.u32(entry + 8) : entry + 8 })
    }
    return entries
  }

  pointer(entry: Entry | undefined): number | null {
    return entry?.type === 4 && entry.count === 1 ? this.u32(entry.at) : null
  }

  text(entry: Entry | undefined): string {
    if (entry?.type !== 2 || entry.count > 64) return ''
    let text = ''
    for (let i = 0; i < entry.count; i++) {
      const code = this.view.getUint8(entry.at + i)
      if (code === 0) break
      text += String.fromCharCode(code)
    }
    return text
  }

  /** Fractions; one without a denominator is no number. */
  fractions(entry: Entry | undefined, count: number): number[] | null {
    if (entry?.type !== 5 || entry.count < count) return null
    const numbers = Array.from({ length: count }, (_, i) => this.u32(entry.at + i * 8) / this.u32(entry.at + i * 8 + 4))
    return numbers.every(Number.isFinite) ? numbers : null
  }
}

function readTiff(view: DataView): Exif {
  const order = view.getUint16(0)
  const tiff = new Tiff(view)
  if ((order !== 0x4949 && order !== 0x4d4d) || tiff.u16(2) !== 42) return nothing
  const root = tiff.directory(tiff.u32(4))
  const exif = tiff.pointer(root.get(tag.exif))
  const gps = tiff.pointer(root.get(tag.gps))
  const camera = exif === null ? new Map<number, Entry>() : tiff.directory(exif)
  const place = gps === null ? new Map<number, Entry>() : tiff.directory(gps)
  const at = positionOf(tiff, place)
  const error = tiff.fractions(place.get(tag.error), 1)?.[0]
  return {
    at,
    accuracyM: at !== null && error !== undefined && error > 0 ? error : null,
    takenAt: timeOf(tiff.text(camera.get(tag.takenAt)), tiff.text(camera.get(tag.zone))),
  }
}

function positionOf(tiff: Tiff, place: Map<number, Entry>): LonLat | null {
  const lat = degrees(tiff.fractions(place.get(tag.lat), 3), tiff.text(place.get(tag.latRef)), 'N', 'S')
  const lon = degrees(tiff.fractions(place.get(tag.lon), 3), tiff.text(place.get(tag.lonRef)), 'E', 'W')
  // Cameras without a fix write zeros.
  if (lat === null || lon === null || (lat === 0 && lon === 0)) return null
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null
}

function degrees(parts: number[] | null, ref: string, plus: string, minus: string): number | null {
  if (!parts || (ref !== plus && ref !== minus)) return null
  const [d = 0, m = 0, s = 0] = parts
  if (m > 60 || s > 60) return null
  return (d + m / 60 + s / 3600) * (ref === minus ? -1 : 1)
}

function timeOf(text: string, zone: string): Date | null {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text.trim())
  if (!parts) return null
  const [, y, mo, d, h, mi, s] = parts
  const offset = /^[+-]\d\d:\d\d$/.test(zone.trim()) ? zone.trim() : ''
  const when = new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}${offset}`)
  return Number.isNaN(when.getTime()) ? null : when
}
