import { base, check, drawn, json, newSession, open } from './browser.mjs'
import { countingWire } from './wire.mjs'

export const name = 'weight'

export const sizes = [{ width: 1920, height: 1080 }, { width: 3840, height: 2160 }]
export const mostBytes = 1_200_000
export const mostTileBytes = 200_000
/** What Chromium says over HTTPS and to its own machine. */
const takes = 'gzip, deflate, br, zstd'

/** Opens the wall as it opens for the command center, and waits until everything is there: the map, every case and the stream. */
export async function openWall(page, from = base) {
  await page.goto(`${from}/wall`)
  await drawn(page)
  await page.locator('[data-live=live]').waitFor()
  await page.waitForFunction(() => { const { cases, drawn } = document.querySelector('main').dataset; return Number(cases) > 0 && cases === drawn }, null, { timeout: 120_000 })
}

const kindOf = (path) =>
  path.startsWith('/tiles/') ? (path.endsWith('.json') ? 'words' : 'tiles') : /\.(js|mjs|css)$/.test(path) ? 'code' : path.startsWith('/api/') ? 'words' : 'pictures'

/**
 * The first complete view in a browser that keeps nothing: bytes over the wire with
 * headers, and how long each tile took from its request to its last byte. The script of
 * a worker and the stream are in the sum only: the browser does not tell of their ends.
 */
export async function firstView(browser, viewport, viaWire = true) {
  const wire = await countingWire(base)
  const from = viaWire ? wire.url : base
  const { page, faults, close } = await open(browser, { login: 'viewer', viewport, at: from })
  const seen = []
  page.on('requestfinished', (request) => seen.push(told(request)))
  await openWall(page, from)
  const requests = await Promise.all(seen)
  const cases = Number(await page.locator('main').getAttribute('data-cases'))
  await close()
  wire.close()
  check(faults().length === 0, faults().join('\n'))
  return { bytes: wire.bytes, requests, cases }
}

async function told(request) {
  const { responseBodySize, responseHeadersSize } = await request.sizes()
  const { requestStart, responseEnd } = request.timing()
  const path = decodeURIComponent(new URL(request.url()).pathname)
  return { path, kind: kindOf(path), bytes: responseBodySize + responseHeadersSize, ms: responseEnd - requestStart }
}

/** The tiles over the town at a zoom, of all sources that the wall's style names. */
function tilesAt(z, [west, south, east, north]) {
  const n = 2 ** z
  const column = (lon) => Math.floor(((lon + 180) / 360) * n)
  const row = (lat) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n)
  const all = []
  for (let x = column(west); x <= column(east); x++) for (let y = row(north); y <= row(south); y++) all.push(`${z}/${x}/${y}`)
  return all
}

/** The largest tiles of the town at the zooms of the map: no pan can need one that is not among them. */
export async function largestTiles(zooms) {
  const cookie = await newSession('viewer')
  const { bounds } = await json('/api/v1/config')
  const style = await json('/styles/night.json')
  const lists = Object.values(style.sources).map(({ url }) => url.match(/\/tiles\/(.+)\.json$/)[1])
  const paths = zooms.flatMap((z) => tilesAt(z, bounds).flatMap((at) => lists.map((list) => `/tiles/${list}/${at}.mvt`)))
  const found = await inTurn(paths, 4, async (path) => ({ path, bytes: (await fetchTile(path, cookie)).bytes }))
  return found.sort((a, b) => b.bytes - a.bytes)
}

/** Asks for a tile as the browser does, and reads it as it comes over the wire. */
export async function fetchTile(path, cookie) {
  const begun = performance.now()
  const response = await fetch(base + path, { headers: { Cookie: cookie, 'Accept-Encoding': takes } })
  check(response.ok, `${path}: ${response.status}`)
  await response.arrayBuffer()
  return { ms: performance.now() - begun, bytes: Number(response.headers.get('content-length')) }
}

/** As many at once as a browser has connections. */
export async function inTurn(list, atOnce, work) {
  const waiting = list.values()
  const results = []
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const one of waiting) results.push(await work(one))
  }))
  return results
}

export async function run(browser) {
  for (const size of sizes) {
    const { bytes } = await firstView(browser, size)
    check(bytes <= mostBytes, `the first view at ${size.width} × ${size.height} needs ${bytes} bytes; ${mostBytes} are the most`)
  }
  const [largest] = await largestTiles([10, 11, 12, 13, 14])
  check(largest.bytes <= mostTileBytes, `${largest.path} has ${largest.bytes} bytes; ${mostTileBytes} are the most`)
}
