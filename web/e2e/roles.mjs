import { base, check, checkAccessible, drawn, json, open } from './browser.mjs'
import { brightness, clearOfCases, project, viewOf } from './wall.mjs'

export const name = 'roles'

/** The pages beyond the public ones that each role has. */
const pages = {
  viewer: [], dispatcher: ['/field', '/console', '/meetings', '/rules', '/doors'], planner: ['/planner', '/rules', '/doors'], gridworker: ['/field', '/meetings'], head: ['/field', '/meetings'],
  unit: ['/field', '/meetings'], checker: ['/field'], auditor: ['/audit'], admin: ['/accounts'],
}
const kept = ['/console', '/planner', '/rules', '/doors', '/accounts', '/audit']

async function seesItsPages(browser, login) {
  const { page, faults, close } = await open(browser, { login })
  await page.goto(`${base}/`)
  await page.getByRole('button', { name: `账号菜单：${login}` }).waitFor()
  const doors = await page.locator('main nav a').evaluateAll((links) => links.map((link) => new URL(link.href).pathname))
  const want = ['/wall', ...pages[login], '/ogc']
  check(doors.join() === want.join(), `${login} is offered ${doors} instead of ${want}`)
  for (const path of kept) {
    await page.goto(base + path)
    await page.getByRole('button', { name: `账号菜单：${login}` }).waitFor()
    const refused = await page.getByRole('heading', { name: '您的角色不能使用这一页' }).count()
    check((refused === 0) === pages[login].includes(path), `${path} of ${login}: ${refused === 0 ? 'shown' : 'refused'}`)
  }
  await checkAccessible(page, `${kept.at(-1)} of ${login}`)
  check(faults().length === 0, faults().join('\n'))
  await close()
}

const all = '/ogc/collections/households/items?limit=10000'

/** A household of the own grid and one far away from it. */
async function ownAndForeign() {
  const own = await json(all, 'gridworker')
  const ids = new Set(own.features.map((f) => f.id))
  const { features, numberMatched } = await json(all)
  check(own.numberMatched > 0 && own.numberMatched < numberMatched, `a grid worker sees ${own.numberMatched} of ${numberMatched} households`)
  const isClear = await clearOfCases()
  const near = own.features.find((f) => isClear(f.geometry.coordinates))
  const far = features.filter((f) => !ids.has(f.id) && isClear(f.geometry.coordinates)).sort((a, b) => away(b, near) - away(a, near))[0]
  return { near, far }
}

const away = (a, b) => Math.hypot(...a.geometry.coordinates.map((x, i) => x - b.geometry.coordinates[i]))

/** How bright the map is where a household is. */
async function lightAt(page, household) {
  const [lon, lat] = household.geometry.coordinates
  await page.goto('about:blank')
  await page.goto(`${base}/wall#map=18/${lat}/${lon}&theme=night&layers=communities,grids,households`)
  await drawn(page)
  const [red] = await brightness(page, [project(await viewOf(page), household.geometry.coordinates, page.viewportSize())])
  return red
}

/** A grid worker is shown the lights of the own grid only, and no other household by its address. */
async function keepsToTheGrid(browser) {
  const { near, far } = await ownAndForeign()
  const { page, close } = await open(browser, { login: 'gridworker' })
  let light = 0
  for (let tries = 0; tries < 20 && light < 230; tries++) light = await lightAt(page, near)
  check(light >= 230, `a household of the own grid is not lit (${light})`)
  const dark = await lightAt(page, far)
  check(dark < 150, `a foreign household is lit (${dark})`)
  for (const household of [near, far]) {
    await page.goto('about:blank')
    await page.goto(`${base}/wall#pick=households/${household.id}`)
    if (household === near) await page.locator(`[data-card="${near.properties.code}"]`).waitFor()
    else await page.getByRole('alert').getByText('没有找到这一处').waitFor()
  }
  check(!(await page.content()).includes(far.properties.code), 'the page knows the code of a foreign household')
  await checkAccessible(page, '/wall with a foreign household')
  await close()
}

export async function run(browser) {
  for (const login of Object.keys(pages)) await seesItsPages(browser, login)
  await keepsToTheGrid(browser)
}
