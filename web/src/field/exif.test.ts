import { expect, test } from 'vitest'
import { readExif } from './exif'

interface Tag {
  id: number
  type: number
  values: number[] | string
}

/** Writes a JPEG's beginning with the EXIF that a camera would write. */
function jpeg(little: boolean, exif: Tag[], gps: Tag[]): Uint8Array {
  const bytes = new Uint8Array(2048)
  const view = new DataView(bytes.buffer)
  const tiff = 30
  let free = 700
  const u16 = (at: number, n: number) => view.setUint16(tiff + at, n, little)
  const u32 = (at: number, n: number) => view.setUint32(tiff + at, n, little)
  function directory(at: number, tags: Tag[]) {
    u16(at, tags.length)
    tags.forEach(({ id, type, values }, i) => {
      const entry = at + 2 + i * 12
      const count = typeof values === 'string' ? values.length + 1 : type === 5 ? values.length / 2 : values.length
      u16(entry, id)
      u16(entry + 2, type)
      u32(entry + 4, count)
      const size = type === 2 ? count : type === 5 ? count * 8 : 4
      const to = size > 4 ? free : entry + 8
      if (size > 4) {
        u32(entry + 8, free)
        free += size
      }
      if (typeof values === 'string') [...values].forEach((c, n) => view.setUint8(tiff + to + n, c.charCodeAt(0)))
      else values.forEach((value, n) => u32(to + n * 4, value))
    })
  }
  view.setUint16(0, 0xffd8)
  view.setUint16(2, 0xffe0) // JFIF before it, as many write
  view.setUint16(4, 16)
  view.setUint16(20, 0xffe1)
  view.setUint16(22, 1500)
  view.setUint32(24, 0x45786966)
  view.setUint16(tiff, little ? 0x4949 : 0x4d4d)
  u16(2, 42)
  u32(4, 8)
  directory(8, [{ id: 0x8769, type: 4, values: [200] }, { id: 0x8825, type: 4, values: [400] }])
  directory(200, exif)
  directory(400, gps)
  return bytes
}

const taken: Tag[] = [{ id: 0x9003, type: 2, values: '2026:01:02 08:30:00' }, { id: 0x9011, type: 2, values: '+08:00' }]
const place: Tag[] = [
  { id: 1, type: 2, values: 'N' },
  { id: 2, type: 5, values: [28, 1, 9, 1, 3600, 100] },
  { id: 3, type: 2, values: 'E' },
  { id: 4, type: 5, values: [113, 1, 37, 1, 4800, 100] },
  { id: 0x1f, type: 5, values: [13, 2] },
]
const nothing = { at: null, accuracyM: null, takenAt: null }
const parse = (bytes: Uint8Array) => readExif(bytes.slice().buffer)

test.each([true, false])('reads place, accuracy and time (little-endian: %s)', (little) => {
  const { at, accuracyM, takenAt } = parse(jpeg(little, taken, place))
  expect(at?.[0]).toBeCloseTo(113.63, 6)
  expect(at?.[1]).toBeCloseTo(28.16, 6)
  expect(accuracyM).toBe(6.5)
  expect(takenAt?.toISOString()).toBe('2026-01-02T00:30:00.000Z')
})

test('south and west are negative; zeros are no fix; impossible places are none', () => {
  const at = (lat: number[], latRef: string, lon: number[], lonRef: string) =>
    parse(jpeg(true, [], [{ id: 1, type: 2, values: latRef }, { id: 2, type: 5, values: lat }, { id: 3, type: 2, values: lonRef }, { id: 4, type: 5, values: lon }])).at
  expect(at([10, 1, 0, 1, 0, 1], 'S', [20, 1, 30, 1, 0, 1], 'W')).toEqual([-20.5, -10])
  expect(at([0, 1, 0, 1, 0, 1], 'N', [0, 1, 0, 1, 0, 1], 'E')).toBeNull()
  expect(at([91, 1, 0, 1, 0, 1], 'N', [20, 1, 0, 1, 0, 1], 'E')).toBeNull()
  expect(at([10, 0, 0, 0, 0, 0], 'N', [20, 1, 0, 1, 0, 1], 'E')).toBeNull()
  expect(at([10, 1, 0, 1, 0, 1], 'X', [20, 1, 0, 1, 0, 1], 'E')).toBeNull()
})

test('what is no JPEG with EXIF says nothing', () => {
  expect(parse(new Uint8Array())).toEqual(nothing)
  expect(parse(new TextEncoder().encode('not a picture at all'))).toEqual(nothing)
  expect(parse(new Uint8Array([0xff, 0xd8, 0xff, 0xd9]))).toEqual(nothing)
})

test('no broken file makes it fail or hang', () => {
  const whole = jpeg(true, taken, place)
  for (let length = 0; length < 900; length++) parse(whole.slice(0, length))
  let seed = 1
  const chance = (below: number) => (seed = (seed * 48271) % 2147483647) % below
  for (let run = 0; run < 3_000; run++) {
    const broken = whole.slice()
    for (let i = 0; i <= chance(8); i++) broken[20 + chance(900)] = chance(256)
    const { at, takenAt, accuracyM } = parse(broken)
    if (at) expect(Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90).toBe(true)
    if (takenAt) expect(Number.isFinite(takenAt.getTime())).toBe(true)
    if (accuracyM !== null) expect(accuracyM).toBeGreaterThan(0)
  }
}, 60_000)
