import { base, check, checkAccessible, checkBothThemes, json, open } from './browser.mjs'
import { pagesOf } from './pdf.mjs'

export const name = 'meetings'

const tail = Date.now().toString(36)
const wall = `学校对面的围墙歪了 ${tail}`
const lamp = `路灯几点关 ${tail}`

/** Where the grid worker's own ground is. */
async function ownPlace() {
  const { features } = await json('/ogc/collections/households/items?limit=1', 'gridworker')
  const [longitude, latitude] = features[0].geometry.coordinates
  return { longitude, latitude }
}

const saved = (page) => page.locator('[data-sent=saved]').waitFor()
const rowWith = (page, text) => page.locator('article[data-row]').filter({ hasText: text })

/** Begins a meeting where the device is. */
async function begins(page, title, hour = '') {
  await page.goto('about:blank')
  await page.goto(`${base}/meetings#new`)
  const form = page.locator('[data-form=meeting]')
  await form.locator('[data-idle=true]').waitFor({ timeout: 120_000 })
  await form.getByRole('button', { name: '开始记台账' }).click()
  await form.getByRole('alert').getByText('请填写名称').waitFor()
  await form.getByLabel('名称').fill(title)
  if (hour) await form.getByLabel('时间').fill(hour)
  await form.getByLabel('到会人数').fill('23')
  await form.getByLabel('主持').fill('片长')
  await form.getByLabel('地点说明').fill('香樟树下')
  await form.getByLabel('到会单位').fill('社区居委会、演示供电所')
  await form.getByRole('button', { name: '选地图中心' }).click()
  await form.locator('[data-placed=true]').waitFor()
  await form.getByRole('button', { name: '我的位置' }).click()
  await form.getByText(/已选我的位置/).waitFor()
  if (!hour) await checkBothThemes(page, '/meetings with a new meeting')
  await form.getByRole('button', { name: '开始记台账' }).click()
  await saved(page)
  return page.url().split('#')[1]
}

async function types(page, text, urgency) {
  const form = page.locator('[data-form=row]').first()
  await form.getByLabel('事项').fill(text)
  await form.locator(`[data-urgency=${urgency}]`).click()
}

async function records(page, text, urgency) {
  await types(page, text, urgency)
  await page.getByRole('button', { name: '记入台账' }).click()
  await rowWith(page, text).waitFor()
}

/** Two matters: one is answered at once, one has options and becomes a case. */
async function keepsTheLedger(page) {
  await records(page, lamp, 'hoped_for')
  const answered = rowWith(page, lamp)
  await answered.getByRole('button', { name: '当场答复' }).click()
  await answered.getByLabel('答复').fill('早上六点')
  await answered.getByRole('button', { name: '保存' }).click()
  await answered.locator('[data-answer]').waitFor()

  await types(page, wall, 'urgent')
  await page.getByText('居民提出的方案').click()
  for (const [i, option] of ['拆除', '加固'].entries()) {
    await page.getByRole('button', { name: '加一个方案' }).click()
    await page.getByLabel(`方案 ${i + 1}`, { exact: true }).fill(option)
  }
  await page.getByLabel('赞成').last().fill('20')
  await page.getByLabel('议定').last().check()
  await page.getByRole('button', { name: '记入台账' }).click()
  const row = rowWith(page, wall)
  await row.getByText('20 人赞成').waitFor()
  await row.getByRole('button', { name: '转为案卷' }).click()
  await row.getByText('案卷要有类别').waitFor()
  await row.locator('[data-category]').first().click()
  await checkAccessible(page, '/meetings while making a case')
  await row.getByRole('button', { name: '生成案卷' }).click()
  const made = row.locator('[data-case]')
  await made.waitFor()
  await saved(page)
  return made.getAttribute('data-case')
}

/** Two write at once: both are kept, and so is what one was just typing. */
async function twoEditors(browser, page, id, place) {
  const other = await open(browser, { login: 'gridworker', geolocation: place, permissions: ['geolocation'] })
  await other.page.goto(`${base}/meetings#${id}`)
  await rowWith(other.page, wall).waitFor()
  await records(page, `先记的 ${tail}`, 'hard')
  await saved(page)
  await types(other.page, `正在写的 ${tail}`, 'worrying')
  await other.page.getByRole('button', { name: '修改会议信息' }).click()
  await other.page.getByLabel('到会人数').fill('31')
  await other.page.locator('[data-form=meeting]').getByRole('button', { name: '保存' }).click()
  await other.page.locator('[data-merged]').waitFor()
  await saved(other.page)
  await rowWith(other.page, `先记的 ${tail}`).waitFor()
  check((await other.page.locator('[data-form=row] textarea').first().inputValue()) === `正在写的 ${tail}`, 'a conflict has taken what was being typed')
  await other.page.getByRole('button', { name: '记入台账' }).click()
  await saved(other.page)
  await other.close()
  const kept = await json(`/api/v1/meetings/${id}`, 'gridworker')
  check(kept.attendees === 31 && kept.rows.length === 4, `two editors left ${kept.attendees} people and ${kept.rows.length} rows`)
}

/** Without a network one goes on writing; it is sent when the network is back, also by a page that was opened again. */
async function offline(page, context, id) {
  await context.setOffline(true)
  await records(page, `没有网络时记的 ${tail}`, 'hard')
  await page.locator('[data-sent=waiting]').waitFor()
  await types(page, `还没写完的 ${tail}`, 'hard')
  await checkAccessible(page, '/meetings without a network')
  await page.goto('about:blank')
  await context.setOffline(false)
  await page.goto(`${base}/meetings#${id}`)
  await rowWith(page, `没有网络时记的 ${tail}`).waitFor()
  await saved(page)
  check((await page.locator('[data-form=row] textarea').first().inputValue()) === `还没写完的 ${tail}`, 'what was being typed is gone')
  const { rows } = await json(`/api/v1/meetings/${id}`, 'gridworker')
  check(rows.length === 5 && rows[4].text.startsWith('没有网络时'), `the server has ${rows.length} rows`)
  await page.locator('[data-form=row] textarea').first().fill('')
}

/** At the next meeting what is open is read out, and people say what they think of it. */
async function readsOut(page, number) {
  const open = page.locator('[data-open]').filter({ hasText: wall })
  await open.getByText(number).waitFor()
  check((await page.locator('[data-open]').filter({ hasText: lamp }).count()) === 0, 'an answered row is read out')
  await open.getByRole('textbox').fill('墙已经支起来了，大家放心')
  await open.getByRole('button', { name: '记录反馈' }).click()
  await open.getByText('已记反馈').waitFor()
  await saved(page)
  await rowWith(page, wall).locator('[data-feedback]').waitFor()
  await rowWith(page, wall).locator(`[data-case="${number}"]`).waitFor()
}

/** The ledger as a PDF. */
async function prints(page, rows) {
  await page.emulateMedia({ media: 'print' })
  const paper = page.locator('.paper')
  await paper.getByRole('heading', { name: '议事台账' }).waitFor()
  check((await paper.locator('.rows tbody tr').count()) === rows, 'the printed ledger has other rows')
  check(!(await page.locator('.screen').first().isVisible()), 'what is for the screen is printed')
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
  await page.emulateMedia({ media: null })
  return pdf
}

/** A long ledger breaks across pages of A4. */
async function printsALongOne(page, number) {
  for (let i = 1; i <= 24; i++) await records(page, `第 ${i} 件：楼道里堆放杂物，晚上看不清路，老人走路不方便，希望尽快清理 ${tail}`, 'hard')
  await saved(page)
  const pages = pagesOf(await prints(page, 25))
  check(pages.length >= 2, `the long ledger is printed on ${pages.length} pages`)
  for (const [i, { widthPT, heightPT, text }] of pages.entries()) {
    check(Math.round(widthPT) === 595 && Math.round(heightPT) === 842, `page ${i + 1} is ${widthPT} × ${heightPT} pt and not A4 upright`)
    check(text.includes('序号急难愁盼事项议定方案答复或案卷号办理状态反馈'), `page ${i + 1} has no heads: ${text.slice(0, 80)}`)
  }
  const all = pages.map((page) => page.text).join('')
  for (let i = 1; i <= 24; i++) check(all.includes(`难第${i}件：楼道里堆放杂物`), `row ${i + 1} is not printed`)
  for (const words of ['议事台账', '墙已经支起来了', number, '主持人：', '记录人：']) check(all.includes(words), `${words} is not printed`)
}

async function ends(page) {
  await page.getByRole('button', { name: '结束议事会' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '结束议事会' }).click()
  await page.getByText(/已于 .* 结束/).waitFor()
  await saved(page)
  check((await page.locator('[data-form=row]').count()) === 0, 'an ended meeting takes rows')
  await checkBothThemes(page, '/meetings after the end')
}

async function fitsAPhone(browser, id) {
  const phone = await open(browser, { login: 'dispatcher', viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true })
  await phone.page.goto(`${base}/meetings?lang=en#${id}`)
  await phone.page.locator('article[data-row]').first().waitFor()
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 360, `the phone page is ${wide} px wide`)
  await checkAccessible(phone.page, '/meetings on a phone')
  await phone.close()
}

/** A door is made by search, its plate is printed, and it is closed. */
async function keepsDoors(browser) {
  const { page, faults, close } = await open(browser, { login: 'dispatcher' })
  await page.goto(`${base}/doors`)
  await page.getByLabel('邻长、区域或单位的名称或代码').fill('神仙坳社区')
  await page.getByRole('list', { name: '邻长、区域或单位的名称或代码' }).getByRole('button', { name: /社区 \/ 行政村|社区/ }).first().click()
  const status = page.getByText(/的入口码是/)
  await status.waitFor()
  const code = (await status.textContent()).trim().split(' ').at(-1)
  const door = page.locator(`[data-door="${code}"]`)
  await door.waitFor()
  await page.waitForFunction((code) => [...document.querySelectorAll('img')].some((img) => img.src.includes(code) && img.naturalWidth > 0), code)
  await checkBothThemes(page, '/doors')
  await page.emulateMedia({ media: 'print' })
  const plate = page.locator('.plate')
  check((await plate.count()) === 1, 'not only the chosen plate is printed')
  const { width } = await plate.locator('img').boundingBox()
  check(width > 300, `the printed code is ${width} px wide`)
  check(pagesOf(await page.pdf({ preferCSSPageSize: true })).length === 1, 'one plate takes more than one page')
  await page.emulateMedia({ media: null })
  await door.getByRole('button', { name: /停用/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: '停用' }).click()
  await door.waitFor({ state: 'detached' })
  check(faults().length === 0, faults().join('\n'))
  await close()
}

export async function run(browser) {
  const place = await ownPlace()
  const { page, context, faults, close } = await open(browser, { login: 'gridworker', geolocation: place, permissions: ['geolocation'] })
  const id = await begins(page, `小板凳议事会 ${tail}`)
  const number = await keepsTheLedger(page)
  await twoEditors(browser, page, id, place)
  await offline(page, context, id)
  const later = new Date(Date.now() + 3_600_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
  const next = await begins(page, `第二次议事会 ${tail}`, later)
  await readsOut(page, number)
  await printsALongOne(page, number)
  await ends(page)
  // A conflict and a lost network are errors to the browser, as they should be.
  const bad = faults().filter((fault) => !/409|ERR_INTERNET_DISCONNECTED|Failed to load resource/.test(fault))
  check(bad.length === 0, bad.join('\n'))
  await close()
  await fitsAPhone(browser, next)
  await keepsDoors(browser)
}
