// Measures what is promised of the wall, with 47,000 households and 5,000 open cases:
// `make bench-wall` starts a demo of its own and needs some minutes. Times mean something
// on a machine that has nothing else to do. docs/performance.md explains the method.
import { startDemo } from './demo.mjs'

/** The deadlines of some cases of the last days fall on a weekend and their lives end early: some more than 5,000. */
const begun = 5_400
const frameMS = 12
const tileMS = 100

const server = process.env.LINTU_URL ? null : await startDemo(begun)
const { base, drawn, launch, newSession, open } = await import('./browser.mjs')
const { fetchTile, firstView, inTurn, largestTiles, mostBytes, mostTileBytes, openWall, sizes } = await import('./weight.mjs')
const { scriptPerFrame } = await import('./frames.mjs')

const number = (n) => Math.round(n).toLocaleString('en')
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
const sorted = (list) => [...list].sort((a, b) => a - b)
const spread = (list, ms = sorted(list)) => `p50 ${at(ms, 0.5).toFixed(1)}, p95 ${at(ms, 0.95).toFixed(1)}, p99 ${at(ms, 0.99).toFixed(1)}, most ${at(ms, 1).toFixed(1)} ms`
const verdicts = []

function judge(what, value, most, unit, more) {
  verdicts.push(`${value <= most ? 'met   ' : 'NOT MET'} ${what}: ${typeof value === 'number' && unit === 'ms' ? value.toFixed(1) : number(value)} ${unit}, at most ${number(most)}${more ? ` (${more})` : ''}`)
}

/** What the view is made of, and what each tile took in the browser. */
async function weigh(browser, size) {
  const { bytes, requests, cases } = await firstView(browser, size)
  const title = `${size.width} × ${size.height}`
  console.log(`\nFirst view at ${title}, ${number(cases)} open cases: ${number(bytes)} bytes in ${requests.length} answers`)
  for (const kind of ['code', 'tiles', 'words', 'pictures']) {
    const list = requests.filter((r) => r.kind === kind)
    console.log(`  ${kind.padEnd(10)} ${String(list.length).padStart(4)} ${number(list.reduce((sum, r) => sum + r.bytes, 0)).padStart(10)}`)
  }
  const told = requests.reduce((sum, r) => sum + r.bytes, 0)
  console.log(`  ${'untold'.padEnd(15)} ${number(bytes - told).padStart(10)}  the worker's script, the stream`)
  const tiles = requests.filter((r) => r.kind === 'tiles')
  console.log(`  tiles in the browser, which draws meanwhile: ${spread(tiles.map((t) => t.ms))}`)
  return { title, bytes, tiles: tiles.map((t) => t.path) }
}

/** The same tiles once more from a server that has just started, over as many connections as a browser has. */
async function askCold(views) {
  const cookie = await newSession('viewer')
  for (const { title, tiles } of views) {
    await server?.again()
    await fetchTile(tiles[0], cookie)
    const times = await inTurn(tiles.slice(1), 6, (path) => fetchTile(path, cookie))
    const ms = times.map((t) => t.ms)
    console.log(`\nThe tiles of that view at ${title}, from a server ${server ? 'that has just started' : 'as it is'}: ${spread(ms)}`)
    judge(`every tile of the first view at ${title}`, Math.max(...ms), tileMS, 'ms', `p50 ${at(sorted(ms), 0.5).toFixed(1)}`)
  }
}

/** Where the map is dragged: the whole town as the wall opens, then nearer and nearer through its middle. */
const legs = ['', '13/28.1547/113.6309', '14.5/28.1547/113.6309', '16/28.1547/113.6309', '17.5/28.1547/113.6309']
const stepsEachWay = 15

async function drag(page, { width, height }) {
  const [x, y] = [width * 0.55, height * 0.55]
  for (const [dx, dy] of [[-1, -0.5], [1, 0.2], [0.3, 1]]) {
    await page.mouse.move(x, y)
    await page.mouse.down()
    for (let i = 1; i <= stepsEachWay; i++) await page.mouse.move(x + (dx * i * width) / 100, y + (dy * i * height) / 100)
    await page.mouse.up()
  }
}

/**
 * Script time of each frame while the town is dragged about, at several zooms. Without a
 * graphics card the processors draw, and what they draw takes caches and memory from the
 * script beside it: `seen` false sends every command all the same, to a picture of one dot.
 */
async function pan(browser, size, seen) {
  const { page, close } = await open(browser, { login: 'viewer', viewport: size, reducedMotion: 'no-preference' })
  if (!seen) await page.addInitScript(drawOneDot)
  await openWall(page)
  const all = []
  const title = `script per frame while panning at ${size.width} × ${size.height}, ${seen ? 'drawn by the processors' : 'as with a graphics card'}`
  console.log(`\n${title}`)
  for (const leg of legs) {
    if (leg) await page.evaluate((map) => { location.hash = `#map=${map}` }, leg)
    await page.waitForTimeout(1500)
    await drawn(page)
    // The first move of a mouse costs the script of the tool that moves it.
    await page.mouse.move(size.width / 2, size.height / 2)
    await page.waitForTimeout(200)
    const frames = await scriptPerFrame(browser, page, () => drag(page, size))
    console.log(`  ${(leg.split('/')[0] || 'opening').padEnd(8)} ${String(frames.length).padStart(4)} frames: ${spread(frames)}`)
    all.push(...frames)
  }
  await close()
  const over = all.filter((ms) => ms >= frameMS).length
  judge(title, Math.max(...all), frameMS, 'ms', `${spread(all)}; ${over} of ${all.length} frames over`)
}

function drawOneDot() {
  const { viewport } = WebGL2RenderingContext.prototype
  WebGL2RenderingContext.prototype.viewport = function () {
    viewport.call(this, 0, 0, 1, 1)
  }
}

async function weighTiles() {
  const found = await largestTiles([8, 9, 10, 11, 12, 13, 14, 15, 16])
  const [largest] = found
  console.log(`\nAll ${number(found.length)} tiles of the town at zooms 8 to 16; the largest: ${found.slice(0, 5).map((t) => `${t.path} ${number(t.bytes)}`).join(', ')}`)
  judge('the largest tile of the town', largest.bytes, mostTileBytes, 'bytes', largest.path)
}

const browser = await launch()
try {
  const views = []
  for (const size of sizes) views.push(await weigh(browser, size))
  for (const { title, bytes } of views) judge(`the first view at ${title}`, bytes, mostBytes, 'bytes')
  await askCold(views)
  await weighTiles()
  for (const seen of [true, false]) for (const size of sizes) await pan(browser, size, seen)
} finally {
  await browser.close()
  await server?.stop()
}
console.log(`\n${base} with 47,000 households\n${verdicts.join('\n')}`)
