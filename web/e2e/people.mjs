// What people do on the pages, one thing at a time. HTTP is only looked at.
import { mkdirSync } from 'node:fs'
import { base, check, json, open } from './browser.mjs'

const phone = { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true }

export async function shot(page, name) {
  if (!process.env.LINTU_SHOTS) return
  mkdirSync(process.env.LINTU_SHOTS, { recursive: true })
  await page.screenshot({ path: `${process.env.LINTU_SHOTS}/${name}.png` })
}

/** Somebody with a phone who stands at a place. */
export const onPhone = (browser, [longitude, latitude], login = '') =>
  open(browser, { login, ...phone, permissions: ['geolocation'], geolocation: { longitude, latitude, accuracy: 10 } })

/** The dispatcher at the console, with the queue. */
export async function atConsole(browser) {
  const session = await open(browser, { login: 'dispatcher', viewport: { width: 1280, height: 800 } })
  await session.page.goto(`${base}/console`)
  await session.page.locator('[data-live=live]').waitFor({ timeout: 60_000 })
  return session
}

/** The case as the server has it. */
export async function caseOf(number) {
  const { cases } = await json(`/api/v1/cases?${new URLSearchParams({ text: number })}`, 'dispatcher')
  return json(`/api/v1/cases/${cases[0].id}`, 'dispatcher')
}

// At the bench.

/** Begins a meeting where the phone is. */
export async function beginsMeeting(page, title) {
  await page.goto('about:blank')
  await page.goto(`${base}/meetings#new`)
  const form = page.locator('[data-form=meeting]')
  await form.getByLabel('名称').fill(title)
  await form.getByLabel('到会人数').fill('17')
  await form.getByLabel('主持').fill('网格员')
  await form.getByLabel('地点说明').fill('香樟树下')
  await form.getByLabel('到会单位').fill('社区居委会')
  await form.getByRole('button', { name: '我的位置' }).tap()
  await form.getByText(/已选我的位置/).waitFor()
  await form.getByRole('button', { name: '开始记台账' }).tap()
  await page.locator('[data-sent=saved]').waitFor()
}

const rowWith = (page, text) => page.locator('article[data-row]').filter({ hasText: text })

async function picksCategory(within, { code, title }) {
  await within.locator('button.more').tap()
  await within.getByRole('searchbox').fill(title)
  await within.locator(`li [data-category=${code}]`).tap()
}

/** Records a matter with its label, its category, a place beside the meeting's, and the options of residents. */
export async function records(page, { text, urgency, category, beside = false, options = [] }) {
  const form = page.locator('[data-form=row]').first()
  await form.getByLabel('事项').fill(text)
  await form.locator(`[data-urgency=${urgency}]`).tap()
  await form.getByText('类别（可不填）').tap()
  await picksCategory(form, category)
  if (beside) {
    await form.getByText('位置（可不填').tap()
    await form.locator('[data-idle=true] canvas').click({ position: { x: 200, y: 100 }, timeout: 120_000 })
    await form.locator('[data-placed=true]').waitFor()
  }
  if (options.length > 0) await form.getByText('居民提出的方案').tap()
  for (const [i, option] of options.entries()) {
    await form.getByRole('button', { name: '加一个方案' }).tap()
    await form.getByLabel(`方案 ${i + 1}`, { exact: true }).fill(option.text)
    await form.getByLabel('赞成').nth(i).fill(String(option.votes))
    if (option.agreed) await form.getByLabel('议定').nth(i).check()
  }
  await form.getByRole('button', { name: '记入台账' }).tap()
  await rowWith(page, text).waitFor()
}

/** Makes a case of a row; its number. */
export async function becomesCase(page, text) {
  const row = rowWith(page, text)
  await row.getByRole('button', { name: '转为案卷' }).tap()
  await row.getByRole('button', { name: '生成案卷' }).tap()
  const made = row.locator('[data-case]')
  await made.waitFor()
  return made.getAttribute('data-case')
}

/** Hears what people say to a case that an earlier meeting raised. */
export async function readsOut(page, number, feedback) {
  const open = page.locator('[data-open]').filter({ hasText: number })
  await open.getByRole('textbox').fill(feedback)
  await open.getByRole('button', { name: '记录反馈' }).tap()
  await open.getByText('已记反馈').waitFor()
  await page.locator('[data-sent=saved]').waitFor()
  await page.locator('article [data-feedback]').filter({ hasText: feedback }).waitFor()
}

// At the console.

/** Makes the door of a grid, as it is found by its code. */
export async function makesDoor(page, code) {
  await page.goto(`${base}/doors`)
  await page.getByLabel('邻长、区域或单位的名称或代码').fill(code)
  await page.getByRole('list', { name: '邻长、区域或单位的名称或代码' }).getByRole('button', { name: code }).first().click()
  const status = page.getByText(/的入口码是/)
  await status.waitFor()
  return (await status.textContent()).trim().split(' ').at(-1)
}

/** Looks for a case by its number and opens it by the keyboard, if it is not open already. */
export async function opensCase(page, number) {
  const shown = page.locator(`[data-case="${number}"] [data-state]`)
  if (await shown.isVisible()) return
  const find = page.locator('#find-case')
  await find.fill(number)
  await find.press('Enter')
  await page.locator('[data-line]').filter({ hasText: number }).waitFor()
  await find.blur() // keys are for the page from here
  await page.keyboard.press('j')
  await shown.waitFor()
}

const done = (page, act) => page.locator(`[data-done=${act}]`).waitFor()

/** Gives the open case to a unit: by its digit where it has one, and Enter. */
export async function dispatches(page, code) {
  const listed = page.locator('[data-part=assign] [data-unit]')
  await listed.first().waitFor({ state: 'attached' })
  const digit = 1 + (await listed.evaluateAll((list, wanted) => list.findIndex((one) => one.dataset.unit === wanted), code))
  check(digit > 0 && digit < 10, `unit ${code} has no digit`)
  await page.keyboard.press(String(digit))
  await page.locator(`[data-unit="${code}"][aria-pressed=true]`).waitFor()
  await page.keyboard.press('Enter')
  await done(page, 'dispatch')
}

/** Puts the open case beside another one and merges it into that. */
export async function comparesAndMerges(page, into) {
  await page.locator('[data-part=similar] li').filter({ hasText: into }).getByRole('button').click()
  await page.getByRole('button', { name: '把这一件并入那一件' }).click()
  await done(page, 'merge')
}

/** Plans the open case without touching the mouse but for the lists of units. */
export async function plansAtConsole(page, { phases, helpers = [] }) {
  await page.locator('[data-act=plan]').waitFor()
  await page.keyboard.press('p')
  const form = page.locator('[data-form=plan]')
  await form.locator('[data-step="0"] input:focus').first().waitFor()
  await writesPlan(page, form, phases, helpers)
  await form.getByRole('button', { name: '安排联办' }).press('Enter')
  await done(page, 'plan')
}

async function writesPlan(page, form, phases, helpers) {
  for (const [i, { title, unit }] of phases.entries()) {
    const titled = form.getByLabel(`第 ${i + 1} 阶段`, { exact: true })
    if (i === 0) await titled.focus()
    else await titled.waitFor()
    await page.keyboard.insertText(title)
    if (unit) await form.getByLabel(`第 ${i + 1} 阶段由谁办`).selectOption({ label: unit })
    if (i < phases.length - 1) await titled.press('Enter')
  }
  for (const helper of helpers) {
    await form.locator('[data-candidate]').selectOption({ label: helper })
    await form.locator('[data-add-helper]').press('Enter')
    await form.locator('[data-helper]').filter({ hasText: helper }).waitFor()
  }
}

/** Tells what the resident says on the telephone. */
export async function callsBack(page, satisfaction, note) {
  await page.locator('[data-act=call_back]').click()
  const form = page.locator('[data-form=call_back]')
  await form.getByRole('radio', { name: String(satisfaction) }).check()
  await form.getByLabel('说明').fill(note)
  await form.getByRole('button', { name: '回访' }).click()
  await done(page, 'call_back')
}

/** Reads the history on the page of the case, the first first: the act, who did it, and all its words. */
export async function readsHistory(page, number, count) {
  await opensCase(page, number)
  const events = page.locator(`[data-case="${number}"] [data-part=history] > [data-event]`)
  await events.nth(count - 1).waitFor()
  const read = await events.evaluateAll((list) => list.map((one) => ({ act: one.dataset.event, text: one.innerText })))
  return read.reverse()
}

// With the phone.

/** Opens somebody's tasks. */
export async function opensTasks(page) {
  await page.goto(`${base}/field`)
  await page.locator('[data-tab=tasks]').tap()
}

/** Does an act on the card of a case, and waits until the server has it. */
export async function does(page, number, act, { note = '', photo = null, phase = -1, outcome = '', plan = null } = {}) {
  const known = (await caseOf(number)).seq
  await page.getByRole('button', { name: '更新', exact: true }).tap()
  const task = page.locator('[data-task]').filter({ hasText: number })
  const button = task.locator(`[data-act=${act}]`)
  await button.waitFor({ state: 'attached' })
  if (!(await button.isVisible())) await task.getByText('其他操作').tap()
  await button.tap()
  if (phase >= 0) await task.locator(`input[name=phase][value="${phase}"]`).check()
  if (outcome) await task.locator(`input[name=outcome][value=${outcome}]`).check()
  if (plan) await writesPlan(page, task.locator('form'), plan.phases, plan.helpers ?? [])
  if (photo) {
    await task.locator('[data-photo=file]').setInputFiles({ name: 'done.png', mimeType: 'image/png', buffer: photo })
    await task.locator('form img').waitFor()
  }
  if (note) await task.getByLabel('说明').fill(note)
  if (plan) await shot(page, 'field-plan')
  await task.locator('[data-send-act]').tap()
  for (let tries = 0; tries < 200; tries++) {
    if ((await caseOf(number)).seq > known) return
    await page.waitForTimeout(50)
  }
  throw new Error(`${act} of case ${number} did not reach the server`)
}

/** Reports at a door without an account; the number and the code to follow it. */
export async function reportsAtDoor(page, code, category, note) {
  await page.goto(`${base}/door/${code}`)
  await page.locator('[data-category]').first().waitFor()
  await picksCategory(page, category)
  await page.getByLabel('说说情况').fill(note)
  await page.getByRole('button', { name: '用我现在的位置' }).tap()
  await page.getByText(/您现在的位置/).waitFor()
  await page.getByRole('button', { name: '提交', exact: true }).tap()
  const follow = (await page.locator('[data-follow]').textContent()).trim()
  const number = (await page.locator('h1').textContent()).match(/\d{8}-\d{6}/)[0]
  return { number, follow }
}

/** A photo of the result. */
export async function painted(page) {
  const text = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 })
    const pen = canvas.getContext('2d')
    pen.fillStyle = '#8ab'
    pen.fillRect(0, 0, 320, 240)
    pen.fillStyle = '#a54'
    pen.fillRect(90, 60, 140, 150)
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(text.split(',')[1], 'base64')
}

/** Compares what the page tells of a case with what was done, and finds the words. */
export function tells(read, acts, words) {
  const told = read.map(({ act }) => act).join(' ')
  check(told === acts.join(' '), `the page tells\n  ${told}\nand not\n  ${acts.join(' ')}`)
  for (const [act, ...wanted] of words) {
    const texts = read.filter((one) => one.act === act).map((one) => one.text)
    for (const word of wanted) check(texts.some((text) => text.includes(word)), `the history does not tell “${word}” of ${act}:\n${texts.join('\n')}`)
  }
}
