/**
 * Signed distances of a shape's edge, as MapLibre reads them from an icon's
 * alpha: 191 on the edge, more inside, less outside, 32 steps per pixel.
 */
const perPixel = 255 / 8
const onEdge = 191.25

/** Squared distance from each cell of a row to the nearest cell where f is 0 (Felzenszwalb and Huttenlocher 2012). */
function distanceRow(f: Float64Array): Float64Array {
  const n = f.length
  const d = new Float64Array(n)
  const vertex = new Int32Array(n)
  const border = new Float64Array(n + 1)
  let k = 0
  border[0] = -Infinity
  border[1] = Infinity
  const meet = (q: number, v: number) => (f[q]! + q * q - f[v]! - v * v) / (2 * (q - v))
  for (let q = 1; q < n; q++) {
    while (meet(q, vertex[k]!) <= border[k]!) k--
    k++
    vertex[k] = q
    border[k] = meet(q, vertex[k - 1]!)
    border[k + 1] = Infinity
  }
  for (let q = 0, j = 0; q < n; q++) {
    while (border[j + 1]! < q) j++
    const v = vertex[j]!
    d[q] = (q - v) ** 2 + f[v]!
  }
  return d
}

function distances(size: number, isZero: (i: number) => boolean): Float64Array {
  const far = 4 * size * size // farther than any cell, and finite so that the parabolas meet
  const grid = Float64Array.from({ length: size * size }, (_, i) => (isZero(i) ? 0 : far))
  for (let x = 0; x < size; x++) {
    const column = distanceRow(Float64Array.from({ length: size }, (_, y) => grid[y * size + x]!))
    column.forEach((value, y) => (grid[y * size + x] = value))
  }
  for (let y = 0; y < size; y++) grid.set(distanceRow(grid.slice(y * size, (y + 1) * size)), y * size)
  return grid
}

/**
 * Turns the coverage of a square drawing of size × fine pixels into distances
 * at size × size pixels.
 */
export function signedDistances(alpha: Uint8Array, size: number, fine: number): Uint8Array {
  const wide = size * fine
  const outside = distances(wide, (i) => alpha[i]! >= 128)
  const inside = distances(wide, (i) => alpha[i]! < 128)
  return Uint8Array.from({ length: size * size }, (_, i) => {
    const x = (i % size) * fine + (fine >> 1)
    const y = Math.floor(i / size) * fine + (fine >> 1)
    const at = y * wide + x
    const pixels = (Math.sqrt(outside[at]!) - Math.sqrt(inside[at]!)) / fine
    return Math.max(0, Math.min(255, Math.round(onEdge - pixels * perPixel)))
  })
}
