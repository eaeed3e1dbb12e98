import { base, check, checkAccessible, drawn, json, open } from './browser.mjs'
import { report, sumsAgree } from './cases.mjs'

export const name = 'wall map'

const zoom = 18
const lostAPI = '**/api/**'
const homeTiles = '**/tiles/households/*/*/*.mvt'
const { hypot, cos, PI } = Math
const metres = ([ax, ay], [bx, by]) => hypot((ax - bx) * cos((ay * PI) / 180), ay - by) * 111_320

/** Whether no pin of a case, or cluster of pins, can lie on a place. */
export async function clearOfCases() {
  const { pins } = await json('/api/v1/pins')
  return (at) => pins.every(({ lon, lat }) => metres(at, [lon, lat]) > 60)
}

/** A household with a head, all of whose homes are clear of cases, far enough from its neighbours that a click means it alone. */
async function loneHousehold() {
  const { features } = await json('/ogc/collections/households/items?limit=3000')
  const near = features.map((f) => f.geometry.coordinates)
  const isClear = await clearOfCases()
  const busy = new Set(features.filter((f) => !isClear(f.geometry.coordinates)).map((f) => f.properties.head))
  const lone = []
  for (const f of features) {
    if (!f.properties.head || busy.has(f.properties.head)) continue
    const at = f.geometry.coordinates
    if (near.filter((other) => metres(at, other) < 8).length > 1) continue
    const [lon, lat] = at
    const around = await json(`/ogc/collections/heads/items?bbox=${lon - 1e-4},${lat - 1e-4},${lon + 1e-4},${lat + 1e-4}`)
    if (around.features.length === 0) return f
    lone.push(f)
  }
  throw new Error(`no household stands alone among ${features.length}`)
}

export async function viewOf(page) {
  const [, z, lat, lon] = (await page.evaluate(() => location.hash)).match(/map=([\d.]+)\/([-\d.]+)\/([-\d.]+)/) ?? []
  return { zoom: Number(z), center: [Number(lon), Number(lat)] }
}

/** Where a point is on the screen, by the formulas of Web Mercator. */
export function project({ zoom, center }, [lon, lat], { width, height }) {
  const y = (degrees) => Math.asinh(Math.tan((degrees * PI) / 180)) / (2 * PI)
  const world = 512 * 2 ** zoom
  return [width / 2 + ((lon - center[0]) / 360) * world, height / 2 - (y(lat) - y(center[1])) * world]
}

/** The brightest value of red within a few pixels of each point of a screenshot. */
export async function brightness(page, points) {
  const png = (await page.screenshot()).toString('base64')
  return page.evaluate(async ([data, list]) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
    const pen = canvas.getContext('2d')
    pen.drawImage(image, 0, 0)
    return list.map(([x, y]) => {
      const { data: pixels } = pen.getImageData(Math.round(x) - 2, Math.round(y) - 2, 5, 5)
      return pixels.reduce((most, value, i) => (i % 4 === 0 ? Math.max(most, value) : most), 0)
    })
  }, [png, points])
}

async function householdLightsItsHead(page) {
  const household = await loneHousehold()
  const head = household.properties.head
  const homes = await json(`/ogc/collections/households/items?head=${encodeURIComponent(head)}&limit=1000`)
  const [lon, lat] = household.geometry.coordinates
  await page.goto(`${base}/wall#map=${zoom}/${lat}/${lon}&theme=night`)
  await drawn(page)
  await page.mouse.click(640, 400)

  const card = page.locator(`[data-card="${household.properties.code}"]`)
  await card.waitFor()
  const status = card.getByRole('status')
  await status.waitFor({ state: 'attached' })
  check((await status.textContent()).includes(`${homes.numberMatched} `), `the card says “${await status.textContent()}”, the head has ${homes.numberMatched} households`)
  check((await card.locator('li').count()) === homes.numberMatched, 'the card does not list every household of the head')
  check((await page.evaluate(() => location.hash)).includes(`pick=households/${household.id}`), 'the address does not remember the choice')

  await drawn(page)
  const view = await viewOf(page)
  const points = homes.features.map((f) => project(view, f.geometry.coordinates, page.viewportSize()))
  let dark = points.length
  for (let tries = 0; tries < 40 && dark > 0; tries++) dark = (await brightness(page, points)).filter((red) => red < 230).length
  check(dark === 0, `${dark} of ${points.length} households of the head are not lit on the map`)

  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'detached' })
}

async function searchFliesToTheCommunity(page) {
  const words = process.env.LINTU_E2E_COMMUNITY ?? '神仙坳社区'
  await page.goto(`${base}/wall`)
  await drawn(page)
  await page.keyboard.press('/')
  await page.keyboard.type(words)
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: words }).waitFor()
  const [west, south, east, north] = (await json(`/api/v1/search?q=${encodeURIComponent(words)}&limit=1`)).hits[0].bbox
  await page.waitForFunction(([w, s, e, n]) => {
    const [, , lat, lon] = location.hash.match(/map=([\d.]+)\/([-\d.]+)\/([-\d.]+)/) ?? []
    return lon > w - (e - w) / 2 && lon < e && lat > s && lat < n
  }, [west, south, east, north])
  check((await viewOf(page)).zoom > 12, 'the map did not come nearer to the community')
}

/** With the card of the community open, in both themes and with results over it. */
async function isAccessible(page) {
  for (const other of ['日间', '夜间']) {
    await page.getByRole('listitem').first().waitFor()
    await checkAccessible(page, '/wall with a card')
    await page.keyboard.press('/')
    await page.keyboard.type('网格')
    await page.getByRole('option').first().waitFor()
    await checkAccessible(page, '/wall with results')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: other, exact: true }).click()
  }
}

async function saysWhenTheServerIsLost(page) {
  await page.goto(`${base}/wall`)
  await drawn(page)
  await page.route(lostAPI, (route) => route.abort())
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.getByRole('alert').getByText('连不上服务器').waitFor()
  await page.unroute(lostAPI)
  await page.getByRole('alert').waitFor({ state: 'detached', timeout: 60_000 })
}

/** Tiles that fail again and again keep nothing else from being drawn and counted, and come when they can. */
async function goesOnWithoutHouseholds(page) {
  const [home] = (await json('/ogc/collections/households/items?limit=1', 'gridworker')).features
  await page.route(homeTiles, (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"retryAfter":1}' }))
  await page.goto(`${base}/wall`)
  await drawn(page)
  await page.locator('[data-live=live]').waitFor({ timeout: 60_000 })
  await page.route(lostAPI, (route) => route.abort())
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.getByRole('alert').waitFor()
  const again = page.waitForResponse((response) => response.url().includes('/tiles/households/') && response.status() === 503)
  await page.unroute(lostAPI) // now it reads all tiles anew
  await page.getByRole('alert').waitFor({ state: 'detached', timeout: 60_000 })
  await again
  await report('gridworker', home.geometry.coordinates)
  await sumsAgree(page)
  const came = page.waitForResponse((response) => response.url().includes('/tiles/households/') && response.url().endsWith('.mvt') && response.ok(), { timeout: 60_000 })
  await page.unroute(homeTiles)
  await came
}

/** What comes while the map is dragged is paced, and all of it comes: a map that misses an answer never rests. */
async function comesWhileItIsDragged(page) {
  const { bounds: [, south, east, north] } = (await json('/api/v1/config')).layers.find((l) => l.name === 'communities')
  const counted = (any) => page.waitForFunction((some) => { const n = Number(document.querySelector('main').dataset.drawn); return some ? n > 0 : n === 0 }, any)
  const pixel = 360 / (512 * 2 ** 12)
  await page.goto(`${base}/wall#map=12/${(south + north) / 2}/${east + 900 * pixel}`)
  await drawn(page)
  await page.locator('[data-live=live]').waitFor({ timeout: 60_000 })
  await counted(false)
  for (let i = 0; i < 3; i++) {
    await page.mouse.move(450, 400)
    await page.mouse.down()
    await page.mouse.move(850, 400, { steps: 10 })
    await page.mouse.up()
  }
  await counted(true)
}

/** The map is drawn smaller there and shown larger; hands, addresses and the screen's dots must not notice. */
async function fillsAWallIn4K(browser) {
  const viewport = { width: 3840, height: 720 } // low, since software draws it here
  const { page, faults, close } = await open(browser, { login: 'viewer', viewport })
  const { id, geometry: { coordinates: [lon, lat] } } = await loneHousehold()
  await page.goto(`${base}/wall#map=${zoom}/${lat}/${lon}&theme=night`)
  await drawn(page)
  const dots = () => page.evaluate(() => { const { width, height } = document.querySelector('.maplibregl-canvas'); return { width, height } })
  const seen = await dots()
  check(seen.width === viewport.width && seen.height === viewport.height, `the map has ${seen.width} × ${seen.height} dots`)

  const from = await viewOf(page)
  const address = await page.evaluate(() => location.hash)
  const [right, down] = [-500, 200]
  await page.mouse.move(1900, 300)
  await page.mouse.down()
  await page.mouse.move(1900 + right, 300 + down, { steps: 5 })
  await page.mouse.up()
  await page.waitForFunction((before) => location.hash !== before, address)
  await drawn(page)
  const view = await viewOf(page)
  check(view.zoom === from.zoom, `dragging has brought the zoom to ${view.zoom}`)
  const [x, y] = project(view, [lon, lat], viewport)
  check(hypot(x - viewport.width / 2 - right, y - viewport.height / 2 - down) < 12, `a hand went ${right}, ${down}, and the map ${x - viewport.width / 2}, ${y - viewport.height / 2}`)

  await page.mouse.click(x, y)
  await page.waitForFunction((pick) => location.hash.includes(pick), `pick=households/${id}`)
  await page.keyboard.press('Escape')

  const before = await viewOf(page)
  await page.setViewportSize({ width: 1920, height: 720 })
  await page.waitForFunction(() => document.querySelector('.maplibregl-canvas').width === 1920)
  await drawn(page)
  const after = await viewOf(page)
  check(after.zoom === before.zoom && metres(after.center, before.center) < 1, `on a smaller screen the map looks elsewhere: ${JSON.stringify(before)}, then ${JSON.stringify(after)}`)
  check(faults().length === 0, faults().join('\n'))
  await close()
}

async function fitsAPhone(browser) {
  const phone = await open(browser, { login: 'viewer', viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true })
  await phone.page.goto(`${base}/wall`)
  await drawn(phone.page)
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 360, `the phone page is ${wide} px wide`)
  await checkAccessible(phone.page, '/wall on a phone')
  check(phone.faults().length === 0, phone.faults().join('\n'))
  await phone.close()
}

export async function run(browser) {
  const { page, faults, close } = await open(browser, { login: 'viewer' })
  await householdLightsItsHead(page)
  await searchFliesToTheCommunity(page)
  await isAccessible(page)
  check(faults().length === 0, faults().join('\n'))
  await saysWhenTheServerIsLost(page)
  await goesOnWithoutHouseholds(page)
  await comesWhileItIsDragged(page)
  await close()
  await fillsAWallIn4K(browser)
  await fitsAPhone(browser)
}
