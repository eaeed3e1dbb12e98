// Measures how long the wall takes from the word of the server to the frame that
// shows it: node e2e/paint.mjs [reports] [pins more than there are]. Without a
// graphics card most of it is drawing, so the window is small and the ground plain.
import { randomBytes } from 'node:crypto'
import { base, drawn, json, launch, newSession, open } from './browser.mjs'

const reports = Number(process.argv[2] ?? 100)
const more = Number(process.argv[3] ?? 0)

const id = () => {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Beside the real pins as many more, scattered over the same ground. */
async function crowd(page) {
  const { bounds: [west, south, east, north] } = (await json('/api/v1/config')).layers.find((l) => l.name === 'communities')
  await page.route('**/api/v1/pins', async (route) => {
    const answer = await (await route.fetch()).json()
    const states = ['reported', 'filed', 'dispatched', 'in_progress', 'done']
    for (let i = 0; i < more; i++) {
      const at = new Date().toISOString()
      answer.pins.push({ id: id(), number: `0-${i}`, seq: 1, lon: west + Math.random() * (east - west), lat: south + Math.random() * (north - south), category: 'B0101', state: states[i % 5], urgency: 'hard', rung: 'community', areas: [], reportedAt: at, since: at, due: new Date(Date.now() + 864e5).toISOString(), at })
    }
    await route.fulfill({ json: answer })
  })
}

const share = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]?.toFixed(0).padStart(6)
const line = (name, list) => {
  const sorted = [...list].sort((a, b) => a - b)
  console.log(`${name.padEnd(44)} n=${sorted.length}  p50 ${share(sorted, 0.5)}  p95 ${share(sorted, 0.95)}  p99 ${share(sorted, 0.99)}  ms`)
}

const browser = await launch()
const { page } = await open(browser, { login: 'viewer', viewport: { width: 960, height: 600 } })
if (more > 0) await crowd(page)
await page.goto(`${base}/wall#layers=communities`)
await drawn(page)
await page.locator('[data-live=live]').waitFor()
console.log(`${await page.locator('main').getAttribute('data-cases')} open cases on the wall`)
await page.evaluate(() => {
  performance.clearMeasures('lintu:pin')
  globalThis.frames = []
  let last = performance.now()
  const beat = (now) => {
    globalThis.frames.push(now - last)
    last = now
    requestAnimationFrame(beat)
  }
  requestAnimationFrame(beat)
})
const cookie = await newSession('dispatcher')
const { features } = await json('/ogc/collections/heads/items?limit=1000')
const answers = []
for (let i = 0; i < reports; i++) {
  const [lon, lat] = features[(i * 7) % features.length].geometry.coordinates
  const begun = performance.now()
  const response = await fetch(`${base}/api/v1/cases`, {
    method: 'POST', headers: { Cookie: cookie, Origin: base, 'Content-Type': 'application/json' },
    body: JSON.stringify({ id: id(), category: 'S0101', lon, lat, accuracy: 0, placed: 'map', at: new Date().toISOString(), note: 'paint', source: 'patrol' }),
  })
  if (!response.ok) throw new Error(`report: ${response.status} ${await response.text()}`)
  answers.push(performance.now() - begun)
  await page.waitForFunction((n) => performance.getEntriesByName('lintu:pin').length > n, i, { timeout: 60_000 })
}
const { painted, frames } = await page.evaluate(() => ({ painted: performance.getEntriesByName('lintu:pin').map((e) => e.duration), frames: globalThis.frames }))
line('report until its answer, durable', answers)
line('event until the frame that shows the pin', painted)
line('between frames of the page meanwhile', frames)
await browser.close()
