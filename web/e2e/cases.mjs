import { randomBytes } from 'node:crypto'
import { base, check, checkAccessible, checkBothThemes, drawn, json, newSession, open } from './browser.mjs'

export const name = 'cases'

/** A UUIDv7, as a phone makes it. */
function newID() {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const cookies = new Map()

async function post(login, path, body) {
  if (!cookies.has(login)) cookies.set(login, await newSession(login))
  const response = await fetch(base + path, { method: 'POST', headers: { Cookie: cookies.get(login), Origin: base, 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  const answer = await response.json()
  check(response.ok, `${path} as ${login}: ${response.status} ${JSON.stringify(answer.text ?? answer)}`)
  return answer
}

export async function report(login, [lon, lat], more = {}) {
  const { case: made } = await post(login, '/api/v1/cases', { id: newID(), category: 'B0101', lon, lat, accuracy: 0, placed: 'map', at: new Date().toISOString(), note: '路灯不亮', source: 'patrol', ...more })
  return made
}

/** Beside a household of the own grid: on it, a pin would hide it from other tests. */
async function ownGround() {
  const [lon, lat] = (await json('/ogc/collections/households/items?limit=1', 'gridworker')).features[0].geometry.coordinates
  return [lon + 0.0003, lat]
}

const openPins = async () => (await json('/api/v1/pins')).pins

/** What the map draws adds up to what the database has. */
export async function sumsAgree(page) {
  const { length } = await openPins()
  await page.waitForFunction((n) => document.querySelector('main')?.dataset.cases === String(n), length, { timeout: 60_000 })
  await page.waitForFunction((n) => document.querySelector('main')?.dataset.drawn === String(n), length, { timeout: 60_000 })
  check((await page.locator('[data-figure=open]').textContent()).replaceAll(',', '') === String(length), 'the figure of open cases differs from the pins')
}

/** A report made elsewhere is on the wall, with its words and its numbers, without anybody touching the page. */
async function appears(page) {
  const made = await report('gridworker', await ownGround())
  const line = page.locator(`[data-news="${made.id}"]`)
  await line.first().waitFor({ timeout: 30_000 })
  check((await line.first().textContent()).includes('路灯'), 'the ticker does not say what it is')
  check(!(await page.content()).includes('路灯不亮'), 'the wall shows the reporter’s own words')
  await sumsAgree(page)
  await line.first().click()
  await page.locator(`[data-case="${made.number}"]`).waitFor()
  await page.getByText('案卷建立').waitFor()
  await checkAccessible(page, '/wall with a case')
  await page.keyboard.press('Escape')
  return made
}

/** Whom a case was given to stands there by name: a code tells nobody anything. */
async function namesTheUnit(page) {
  const made = await outside(9)
  const { code, name } = (await json('/ogc/collections/units/items?limit=1')).features[0].properties
  await post('dispatcher', `/api/v1/cases/${made.id}/acts`, { id: newID(), act: 'dispatch', seq: made.seq, handler: { kind: 'unit', code } })
  await page.locator(`[data-news="${made.id}"]`).getByText(`→ ${name}`).waitFor({ timeout: 30_000 })
}

/** Spread over the town, so that there are clusters. */
async function many(page) {
  const { features } = await json('/ogc/collections/heads/items?limit=400')
  await page.keyboard.press('0')
  for (const f of features.filter((_, i) => i % 20 === 0)) await report('dispatcher', f.geometry.coordinates, { category: 'S0101' })
  await sumsAgree(page)
  await page.locator('[data-stand=sent]').click()
  await page.waitForFunction((all) => {
    const { cases, drawn } = document.querySelector('main').dataset
    return Number(cases) < all && cases === drawn // what is drawn is counted when the map rests
  }, (await openPins()).length)
  await page.locator('[data-stand=sent]').click()
  await sumsAgree(page)
}

/** Outside of every area no rule knows whom to give it to: the dispatcher decides. */
async function outside(steps, more = {}) {
  const { bounds } = (await json('/api/v1/config')).layers.find((l) => l.name === 'communities')
  return report('dispatcher', [bounds[0] - 0.02 - steps * 0.002, (bounds[1] + bounds[3]) / 2], { category: 'B0201', note: '路面塌了一块', ...more })
}

const oneCase = (id) => json(`/api/v1/cases/${id}`, 'dispatcher')

async function toTheCase(page, made) {
  const line = page.locator(`[data-line="${made.id}"]`)
  if ((await line.count()) === 0) await page.keyboard.press('r')
  await line.waitFor({ timeout: 30_000 })
  await line.getByRole('button').click()
  await page.locator(`[data-case="${made.number}"]`).waitFor()
}

/** Two keys: a digit chooses the unit, Enter gives it the case. */
async function assigns(page) {
  const made = await outside(0)
  await page.goto(`${base}/console`)
  await page.locator('[data-idle=true]').waitFor({ timeout: 120_000 })
  await toTheCase(page, made)
  const second = page.locator('[data-part=assign] [data-unit]').nth(1)
  await second.waitFor()
  const code = await second.getAttribute('data-unit')
  await checkBothThemes(page, '/console with a case')
  await page.locator('h2').first().click()
  await page.keyboard.press('2')
  await page.keyboard.press('Enter')
  await page.locator('[data-done=dispatch]').waitFor()
  const now = await oneCase(made.id)
  check(now.handler?.code === code && now.state === 'dispatched', `given to ${now.handler?.code} in ${now.state} instead of ${code}`)
  return made
}

/** What comes while one works is announced, and moves nothing. */
async function announces(page) {
  const places = () => page.locator('[data-line]').evaluateAll((list) => list.map((line) => line.dataset.line).join())
  const before = await places()
  const made = await outside(3)
  await page.locator('[data-fresh]').waitFor({ timeout: 30_000 })
  check((await places()) === before, 'a new case has moved the list')
  await page.keyboard.press('r')
  await page.locator(`[data-line="${made.id}"]`).waitFor()
}

async function actsOnMany(page) {
  const pair = [await outside(5), await outside(6)]
  await page.locator('[data-fresh="2"]').waitFor({ timeout: 30_000 })
  await page.keyboard.press('r')
  for (const { id } of pair) await page.locator(`[data-line="${id}"] input`).check()
  const form = page.locator('[data-form=bulk]')
  await form.getByLabel('批量操作').selectOption('supervise')
  await form.getByLabel('说明').fill('今天之内派出去')
  await checkAccessible(page, '/console with several chosen')
  await form.getByRole('button', { name: '对 2 件执行' }).click()
  await page.locator('[data-bulk="0"]').waitFor()
  for (const { id } of pair) check((await oneCase(id)).supervised === 1, 'a case of the bulk act was not supervised')
}

async function mergesAndUndoes(page) {
  const first = await outside(8)
  const twin = await outside(8, { note: '同一处路面' })
  await page.locator('[data-fresh="2"]').waitFor({ timeout: 30_000 })
  await page.keyboard.press('r')
  await toTheCase(page, twin)
  await page.locator(`[data-compare="${first.id}"]`).click()
  await page.getByRole('button', { name: '把这一件并入那一件' }).click()
  await page.locator('[data-done=merge]').waitFor()
  check((await oneCase(twin.id)).state === 'merged', 'the case is not merged')
  await page.locator('[data-done=merge]').getByRole('button').click()
  await page.locator('[data-done=unmerge]').waitFor()
  check((await oneCase(twin.id)).state === 'filed', 'the merge is not undone')
}

/** What was done stands in the history, in words. */
const tells = (page, act, words) => page.locator(`[data-part=history] [data-event=${act}]`).filter({ hasText: words }).waitFor()

/** Another case is found by its number, the place is moved by the keyboard, and a merge is undone where it is shown. */
async function relatesAndMoves(page) {
  const [far, one] = [await outside(11), await outside(15)]
  await page.locator('[data-fresh="2"]').waitFor({ timeout: 30_000 })
  await page.keyboard.press('r')
  await toTheCase(page, one)
  await page.locator('h2').first().click()
  const another = async (act) => {
    const form = page.locator(`[data-form=${act}]`)
    await form.getByRole('searchbox').fill(far.number)
    await form.getByRole('searchbox').press('Enter')
    await form.locator(`input[value="${far.id}"]`).check()
    return form
  }
  await page.keyboard.press('l')
  const linking = await another('link')
  await linking.getByLabel('属于那一件').check()
  await linking.getByRole('button', { name: '关联' }).click()
  await page.locator('[data-done=link]').waitFor()
  await tells(page, 'link', `属于案卷 ${far.number}`)
  await page.locator(`[data-link="${far.id}"]`).waitFor()

  await page.keyboard.press('g')
  await page.locator('.map canvas:focus').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Tab')
  await page.locator('[data-centre]').press('Enter')
  await page.locator('[data-spot=true]').waitFor()
  await checkAccessible(page, '/console with a new place')
  await page.getByRole('button', { name: '改到这里' }).press('Enter')
  await page.locator('[data-done=locate]').waitFor()
  await tells(page, 'locate', '位置移动')
  check((await oneCase(one.id)).place.lon !== one.place.lon, 'the case is where it was')

  await page.locator('[data-act=amend]').click()
  const amending = page.locator('[data-form=amend]')
  await amending.getByLabel('标签').selectOption('hoped_for')
  await amending.getByRole('button', { name: '改类别等' }).click()
  await page.locator('[data-done=amend]').waitFor()
  await tells(page, 'amend', '→ 盼')

  await page.locator('[data-act=merge]').click()
  await (await another('merge')).getByRole('button', { name: '并案' }).click()
  await page.locator('[data-done=merge]').waitFor()
  await tells(page, 'merge', `已并入案卷 ${far.number}`)
  await page.locator('[data-act=unmerge]').click()
  await page.locator('[data-done=unmerge]').waitFor()
  check((await oneCase(one.id)).state === 'filed', 'the merge is not undone')
}

/** A head's households and cases, at once. */
async function showsTheHead(page, made) {
  await page.goto(`${base}/console#case=${made.id}`)
  await page.locator(`[data-case="${made.number}"]`).waitFor({ timeout: 60_000 })
  await page.locator('[data-part=head] button').click()
  const { head } = await oneCase(made.id)
  const { numberMatched } = await json(`/ogc/collections/households/items?head=${encodeURIComponent(head.code)}&limit=1`, 'dispatcher')
  await page.locator(`[data-lit="${numberMatched}"]`).waitFor()
  await page.locator('[data-part=head] li').first().waitFor()
}

async function exportsRows(page) {
  const href = await page.getByRole('link', { name: '导出 CSV' }).getAttribute('href')
  const response = await fetch(base + href, { headers: { Cookie: cookies.get('dispatcher') } })
  const rows = (await response.text()).trim().split('\n')
  const { total } = await json(href.replace('.csv', ''), 'dispatcher')
  check(rows.length - 1 === total && total > 0, `the export has ${rows.length - 1} rows of ${total}`)
}

async function fitsAPhone(browser) {
  const phone = await open(browser, { login: 'dispatcher', viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true })
  await phone.page.goto(`${base}/console`)
  await phone.page.locator('[data-line] button').first().click({ timeout: 60_000 })
  await phone.page.locator('[data-case^="2"]').waitFor()
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 360, `the phone page is ${wide} px wide`)
  await checkAccessible(phone.page, '/console on a phone')
  check(phone.faults().length === 0, phone.faults().join('\n'))
  await phone.close()
}

export async function run(browser) {
  const wall = await open(browser, { login: 'viewer' })
  await wall.page.goto(`${base}/wall`)
  await drawn(wall.page)
  await wall.page.locator('[data-live=live]').waitFor({ timeout: 30_000 })
  const made = await appears(wall.page)
  await namesTheUnit(wall.page)
  await many(wall.page)
  check(wall.faults().length === 0, wall.faults().join('\n'))
  await wall.close()
  const desk = await open(browser, { login: 'dispatcher', viewport: { width: 1920, height: 1080 } })
  await assigns(desk.page)
  await announces(desk.page)
  await actsOnMany(desk.page)
  await mergesAndUndoes(desk.page)
  await relatesAndMoves(desk.page)
  await exportsRows(desk.page)
  await showsTheHead(desk.page, made)
  check(desk.faults().length === 0, desk.faults().join('\n'))
  await desk.close()
  await fitsAPhone(browser)
}
