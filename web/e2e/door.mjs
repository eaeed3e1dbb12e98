import { base, check, checkAccessible, checkBothThemes, drawn, fillSignIn, open, passwords } from './browser.mjs'

export const name = 'signing in'

const own = { Origin: base }

/** What everybody sees: boundaries and counts, and no request for more. */
async function visitorsWall(page) {
  const asked = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(`${base}/wall`)
  await drawn(page)
  await page.locator('[data-figure=communities]').waitFor()
  check((await page.locator('[data-figure=households]').count()) === 0, 'visitors are shown the number of households')
  check((await page.locator('[data-switch=households], [data-switch=heads]').count()) === 0, 'visitors are offered layers of households')
  await page.getByText('公开地图').waitFor()
  const more = asked.filter((path) => /households|heads|links/.test(path))
  check(more.length === 0, `a visitor's map asked for ${more}`)
  await checkAccessible(page, '/wall of a visitor')
}

async function comesBackTo(page, address) {
  await page.waitForURL((url) => url.pathname === address.pathname && url.hash.startsWith('#map='))
  await page.locator('[data-figure=households]').waitFor()
}

async function signsIn(page) {
  await page.getByRole('link', { name: '登录', exact: true }).click()
  await page.waitForURL(/\/login\?next=/)
  await page.locator('[data-form=sign-in]').waitFor()
  await checkBothThemes(page, '/login')
  await fillSignIn(page, 'viewer', 'not the password')
  await page.getByRole('alert').waitFor()
  check((await page.getByLabel('账号').inputValue()) === 'viewer', 'the login is gone after a wrong password')
  await checkAccessible(page, '/login after a wrong password')
  check(!page.url().includes('not'), 'the password is in the address')
  await fillSignIn(page, 'viewer')
  await comesBackTo(page, new URL(`${base}/wall`))
  await page.getByRole('button', { name: '账号菜单：viewer' }).click()
  await page.getByText('大屏观看者').waitFor()
  await page.keyboard.press('Escape')
}

async function cookieOf(context) {
  const [cookie] = await context.cookies()
  check(cookie.httpOnly && cookie.sameSite === 'Strict', 'scripts or other sites can use the cookie')
  return `${cookie.name}=${cookie.value}`
}

/** The session ends somewhere else: the map stays, and one signs in again in place. */
async function sessionEnds(page, context) {
  const before = await page.evaluate(() => location.hash)
  const response = await fetch(`${base}/api/v1/session`, { method: 'DELETE', headers: { ...own, Cookie: await cookieOf(context) } })
  check(response.status === 204, `signing out: ${response.status}`)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.getByRole('alert').getByText('登录已结束').waitFor()
  check((await page.locator('[data-figure=households]').count()) === 0, 'the number of households stays after the session has ended')
  check((await page.evaluate(() => location.hash)) === before, 'the map has moved')
  await checkAccessible(page, '/wall after the session has ended')
  await page.getByRole('alert').getByRole('button', { name: '登录' }).click()
  const dialog = page.getByRole('dialog')
  check((await dialog.getByLabel('账号').inputValue()) === 'viewer', 'one has to type the login again')
  await dialog.getByLabel('密码').fill(passwords.viewer)
  await dialog.getByRole('button', { name: '登录' }).click()
  await page.locator('[data-figure=households]').waitFor()
  await page.getByRole('alert').waitFor({ state: 'detached' })
}

/** Two browsers of one account: the other one is out at its next request. */
async function everywhere(browser) {
  const [here, other] = [await open(browser, { login: 'checker' }), await open(browser, { login: 'checker' })]
  for (const { page } of [here, other]) {
    await page.goto(`${base}/account`)
    await page.getByRole('heading', { name: '您是 checker' }).waitFor()
  }
  const { page } = here
  await checkBothThemes(page, '/account')
  await page.getByRole('button', { name: '在所有设备上退出' }).click()
  await checkAccessible(page, '/account before signing out everywhere')
  await page.getByRole('dialog').getByRole('button', { name: '在所有设备上退出' }).click()
  await page.locator('[data-form=sign-in]').waitFor()
  await other.page.reload()
  await other.page.locator('[data-form=sign-in]').waitFor()
  await here.close()
  await other.close()
}

/** A token made on the page opens what it is for, and a wrong one nothing. */
async function token(browser) {
  const { page, close, faults } = await open(browser, { login: 'viewer' })
  await page.goto(`${base}/account`)
  const form = page.locator('[data-form=token]')
  await form.getByLabel('名称').fill('e2e')
  await form.getByLabel('看户、邻长和联户').check()
  await form.getByRole('button', { name: '新建令牌' }).click()
  const secret = await page.getByRole('dialog').getByLabel('令牌').inputValue()
  await checkAccessible(page, '/account with a token')
  await page.getByRole('button', { name: '我已复制好' }).click()
  check(!(await page.content()).includes(secret), 'the token is still on the page')
  const path = `${base}/ogc/collections/households/items?limit=1`
  const status = async (bearer) => (await fetch(path, { headers: bearer ? { Authorization: `Bearer ${bearer}` } : {} })).status
  check((await status(secret)) === 200, 'the token is refused')
  check((await status(`${secret}x`)) === 401, 'a wrong token is not refused')
  check((await status('')) === 401, 'a visitor reads households')
  await page.getByRole('button', { name: '撤销“e2e”' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '撤销' }).click()
  await page.getByRole('button', { name: '撤销“e2e”' }).waitFor({ state: 'detached' })
  check((await status(secret)) === 401, 'a revoked token is not refused')
  check(faults().length === 0, faults().join('\n'))
  await close()
}

/** A session that ends in the middle of a visit to the planner keeps what was begun. */
async function plannerKeepsWork(browser) {
  const { page, context, close } = await open(browser, { login: 'planner' })
  await page.goto(`${base}/planner`)
  await page.getByRole('heading', { name: '过去的批次' }).waitFor()
  await fetch(`${base}/api/v1/session`, { method: 'DELETE', headers: { ...own, Cookie: await cookieOf(context) } })
  const point = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { code: 'e2e', name: '门口' }, geometry: { type: 'Point', coordinates: [113.63, 28.16] } }] }
  await page.locator('input[type=file]').setInputFiles({ name: 'kept.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(JSON.stringify(point)) })
  const dialog = page.getByRole('dialog')
  await dialog.getByText('登录已结束').waitFor()
  await checkAccessible(page, '/planner after the session has ended')
  await dialog.getByLabel('密码').fill(passwords.planner)
  await dialog.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { name: 'kept.geojson', level: 2 }).first().waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: '放弃' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '放弃' }).click()
  await page.getByRole('heading', { name: '过去的批次' }).waitFor()
  await close()
}

async function fitsAPhone(browser) {
  const phone = await open(browser, { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true })
  await phone.page.goto(`${base}/login?lang=en&next=//evil.example/`)
  await phone.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 360, `the phone page is ${wide} px wide`)
  await checkAccessible(phone.page, '/login on a phone')
  const form = phone.page.locator('[data-form=sign-in]')
  await form.getByLabel('Login').fill('viewer')
  await form.getByLabel('Password').fill(passwords.viewer)
  await form.getByRole('button', { name: 'Sign in' }).click()
  await phone.page.waitForURL(`${base}/`)
  check(phone.faults().length === 0, phone.faults().join('\n'))
  await phone.close()
}

export async function run(browser) {
  const { page, context, faults, close } = await open(browser)
  await visitorsWall(page)
  check(faults().length === 0, faults().join('\n'))
  await signsIn(page)
  await sessionEnds(page, context)
  await close()
  await everywhere(browser)
  await token(browser)
  await plannerKeepsWork(browser)
  await fitsAPhone(browser)
}
