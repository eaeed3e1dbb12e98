import { base, check, checkAccessible, drawn, json, open } from './browser.mjs'
import { report } from './cases.mjs'
import { canControl, freeze, thaw } from './control.mjs'

export const name = 'database away'

const isTile = (response) => response.url().endsWith('.mvt')
const isConfig = '**/api/v1/config'
const pathOf = (response) => decodeURIComponent(new URL(response.url()).pathname)

/** Walls in both languages, what the tiles said that they were sent, and how the age reads there. */
const walls = [
  { lang: 'zh', age: /图上是\d+ (秒|分钟)前的数据/ },
  { lang: 'en', age: /The map shows the state of \d+ (seconds|minutes) ago/ },
]

async function openWall(browser, { lang, age }) {
  const { page, close } = await open(browser, { login: 'viewer' })
  const tiles = []
  page.on('response', (response) => {
    if (isTile(response)) tiles.push(response)
  })
  await page.goto(`${base}/wall?lang=${lang}`)
  await drawn(page)
  await page.locator('[data-live=live]').waitFor({ timeout: 60_000 })
  return { page, close, tiles, age }
}

async function until(what, isSo) {
  for (let tries = 0; tries < 600; tries++) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`never: ${what}`)
}

const serverSays = (status) => until(`the server says that it is ${status}`, async () => (await (await fetch(`${base}/readyz`)).json()).status === status)

/** With the links of households, which the database alone can draw. */
const viewAt = (zoom, [lon, lat]) => `map=${zoom}/${lat.toFixed(5)}/${lon.toFixed(5)}&layers=communities,grids,households,heads,links,buildings,ground,names`
const isLinks = (path) => path.startsWith('/tiles/links/')

/** As a network that has come back does: the page need not wait for its next look. */
const hurry = (page) => page.evaluate(() => dispatchEvent(new Event('online')))

async function tellsAge({ page, age }) {
  await page.getByRole('alert').getByText(age).waitFor({ timeout: 20_000 })
}

const goTo = (page, view) => page.evaluate((hash) => { location.hash = hash }, view)

/** The map goes where it has not been, and all that is in memory comes, with its age. */
async function pansOn({ page, tiles }, at) {
  tiles.length = 0
  await goTo(page, viewAt(16, at))
  const came = (start) => tiles.some((response) => pathOf(response).startsWith(start))
  const wanted = ['/tiles/households/16/', '/tiles/water,green,roads,counties,streets,communities,grids/15/', '/tiles/buildings/15/', '/tiles/links/16/']
  await until(`tiles come of ${wanted}`, () => wanted.every(came))
  const told = await Promise.all(tiles.map(async (response) => ({ path: pathOf(response), status: response.status(), lag: (await response.allHeaders())['lintu-lag'] })))
  const asItShould = ({ path, status, lag }) => (status < 400 && Number(lag) > 0) || (isLinks(path) && status === 503)
  check(told.every(asItShould), `while the database is away, tiles came as ${JSON.stringify(told.filter((one) => !asItShould(one)))}`)
}

/** The map with its age; what is not known is not shown as a number. */
async function beginsWithout(wall) {
  const { page, tiles } = wall
  tiles.length = 0
  await page.reload()
  await drawn(page)
  await tellsAge(wall)
  check(tiles.some((response) => response.ok()), 'a wall that is reloaded without the database has no tiles')
  check(/^[\d,]+$/.test(await page.locator('[data-figure=households]').textContent()), 'the households are not counted')
  for (const figure of ['open', 'late', 'today', 'onTime', 'satisfaction']) {
    const text = await page.locator(`[data-figure=${figure}]`).textContent()
    check(text === '–', `without the database the wall says ${figure} ${text}`)
  }
  check(new URL(page.url()).pathname === '/wall' && (await page.locator('[data-form=sign-in]').count()) === 0, 'the wall asks to sign in')
  await checkAccessible(page, '/wall without the database')
}

/** The addresses of links in view that were answered so, and how often. */
function linksThat({ tiles }, isSo) {
  const times = new Map()
  for (const response of tiles) {
    const path = pathOf(response)
    if (path.startsWith('/tiles/links/16/') && isSo(response.status())) times.set(path, (times.get(path) ?? 0) + 1)
  }
  return times
}

const missing = (wall) => linksThat(wall, (status) => status === 503)
const came = (wall) => linksThat(wall, (status) => status === 200 || status === 204)

/** Nobody moves the map. */
async function fillsHoles(wall) {
  check(missing(wall).size > 0, 'no links were missing while the database was away')
  await until('links come that did not before', () => [...missing(wall).keys()].every((path) => came(wall).has(path)))
}

/** No age any more, what has happened since, what did not come before, and tiles of the present. */
async function isBack(wall, made, at) {
  const { page } = wall
  await page.getByRole('alert').waitFor({ state: 'detached', timeout: 20_000 })
  await page.locator('[data-live=live]').waitFor({ timeout: 40_000 })
  await page.locator(`[data-news="${made.id}"]`).waitFor({ timeout: 20_000 })
  await fillsHoles(wall)
  const fresh = page.waitForResponse((response) => isTile(response) && pathOf(response).startsWith('/tiles/households/17/') && response.ok())
  await goTo(page, viewAt(17, at))
  check((await (await fresh).allHeaders())['lintu-lag'] === undefined, 'a tile is said to be old though the database is back')
}

export async function run(browser) {
  if (!canControl) return console.log('      left out: without LINTU_CONTROL nobody can take the database away')
  const homes = (await json('/ogc/collections/households/items?limit=3000')).features.map(({ geometry }) => geometry.coordinates)
  const walked = homes[Math.floor(Math.random() * homes.length)] // where no server has drawn links before
  const opened = []
  try {
    for (const kind of walls) opened.push(await openWall(browser, kind))
    await freeze()
    await serverSays('away')
    for (const wall of opened) {
      await hurry(wall.page)
      await tellsAge(wall)
      await pansOn(wall, walked)
    }
    const [deaf] = opened
    await beginsWithout(deaf)
    await until('links are asked for again while the database is away', () => [...missing(deaf).values()].some((times) => times > 1))
    await deaf.page.route(isConfig, (route) => route.abort()) // it does not hear that the database is back
    await thaw()
    await serverSays('ok')
    await fillsHoles(deaf)
    await deaf.page.unroute(isConfig)
    await hurry(deaf.page)
    for (const { page } of opened) await page.locator('[data-live=live]').waitFor({ timeout: 40_000 })
    const made = await report('gridworker', (await json('/ogc/collections/households/items?limit=1', 'gridworker')).features[0].geometry.coordinates)
    for (const wall of opened) await isBack(wall, made, homes[0])
  } finally {
    await thaw()
    for (const { close } of opened) await close()
  }
}
