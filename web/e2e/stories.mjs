import { mkdirSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { base, check, checkAccessible, json, newSession, open } from './browser.mjs'

export const name = 'stories'

const phone = { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true }
const own = { Origin: base, 'Content-Type': 'application/json' }

/** An id as a phone makes it. */
function newID() {
  const hex = Date.now().toString(16).padStart(12, '0') + '7' + randomBytes(2).toString('hex').slice(1) + (8 + (randomBytes(1)[0] & 3)).toString(16) + randomBytes(8).toString('hex').slice(1)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

const cookies = {}

/** Asks over HTTP what no page offers to that person. */
async function ask(login, method, path, body) {
  cookies[login] ??= await newSession(login)
  const response = await fetch(base + path, { method, headers: { ...own, Cookie: cookies[login] }, body: JSON.stringify(body) })
  const text = await response.text()
  check(response.ok, `${login}: ${method} ${path}: ${response.status} ${text}`)
  return text ? JSON.parse(text) : null
}

const act = (login, id, name, more = {}) => ask(login, 'POST', `/api/v1/cases/${id}/acts`, { id: newID(), act: name, ...more })

async function shot(page, name) {
  if (!process.env.LINTU_SHOTS) return
  mkdirSync(process.env.LINTU_SHOTS, { recursive: true })
  await page.screenshot({ path: `${process.env.LINTU_SHOTS}/${name}.png` })
}

/** Where the demo's grid worker and unit are at home. */
async function ground() {
  const { layers } = await json('/api/v1/config', 'gridworker')
  const [west, south, east, north] = layers.find((l) => l.name === 'households').bounds
  const grids = (await json('/ogc/collections/grids/items?limit=1', 'gridworker')).features
  const units = (await json('/ogc/collections/units/items?limit=100', 'dispatcher')).features
  const unit = (name) => units.find((u) => u.properties.name === name).properties.code
  return { lon: (west + east) / 2, lat: (south + north) / 2, grid: grids[0].id, unit, home: units[0].properties.code }
}

/** A bench meeting under a tree with the matters it raised. */
async function meeting(at, rows, more = {}) {
  const id = newID()
  const saved = await ask('gridworker', 'PUT', `/api/v1/meetings/${id}`, {
    title: '小板凳议事会', lon: at.lon, lat: at.lat, venue: '香樟树下', startsAt: new Date().toISOString(), host: '网格员', attendees: 17, units: ['社区居民委员会'],
    rows: rows.map((row) => ({ id: newID(), at: new Date().toISOString(), ...row })), ...more,
  })
  return saved
}

const become = async (meeting, row) => (await ask('gridworker', 'POST', `/api/v1/meetings/${meeting.id}/rows/${meeting.rows[row].id}/case`)).case

/** A field page of somebody, with the tasks open. */
async function tasksOf(browser, login, at) {
  const session = await open(browser, { login, ...phone, permissions: ['geolocation'], geolocation: { longitude: at.lon, latitude: at.lat, accuracy: 10 } })
  await session.page.goto(`${base}/field`)
  await session.page.locator('[data-tab=tasks]').tap()
  return session
}

/** Does an act on the card of a task, and waits until the server has it. */
async function does(page, id, name, { note = '', photo = null, phase = -1, outcome = '' } = {}) {
  const known = (await json(`/api/v1/cases/${id}`, 'dispatcher')).seq
  await page.reload()
  await page.locator('[data-tab=tasks]').tap()
  const task = page.locator(`[data-task="${id}"]`)
  const button = task.locator(`[data-act=${name}]`)
  await task.waitFor()
  if (!(await button.isVisible())) await task.getByText('其他操作').tap()
  await button.tap()
  if (phase >= 0) await task.locator(`input[name=phase][value="${phase}"]`).check()
  if (outcome) await task.locator(`input[name=outcome][value=${outcome}]`).check()
  if (photo) {
    await task.locator('[data-photo=file]').setInputFiles({ name: 'done.png', mimeType: 'image/png', buffer: photo })
    await task.locator('form img').waitFor()
  }
  if (note) await task.getByLabel('说明').fill(note)
  await task.locator('[data-send-act]').tap()
  await page.waitForSelector('[data-outbox="0"]', { timeout: 60_000 })
  for (let tries = 0; tries < 100; tries++) {
    if ((await json(`/api/v1/cases/${id}`, 'dispatcher')).seq > known) return
    await page.waitForTimeout(100)
  }
  throw new Error(`${name} of case ${id} did not reach the server`)
}

/** Compares what the history says with what was done, step by step. */
async function compare(id, acts) {
  const { events } = await json(`/api/v1/cases/${id}/events`, 'dispatcher')
  const told = events.map((e) => e.act)
  check(told.join(' ') === acts.join(' '), `the history tells\n  ${told.join(' ')}\nand not\n  ${acts.join(' ')}`)
  const workers = events.filter((e) => ['accept', 'report_done', 'phase_done'].includes(e.act)).map((e) => e.by)
  const closer = events.find((e) => e.act === 'close')
  check(!workers.includes(closer.by), 'who worked on the case has closed it')
  return events
}

async function painted(page) {
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

/**
 * The leaning wall: raised at a meeting and by a resident at a door, checked on site, the cause found, repaired in phases
 * together with the geological institute, confirmed by the resident, closed by somebody else, evaluated.
 * The meeting's ledger, merging, dispatching and the plan are asked for over HTTP: the phone does not offer them.
 */
async function leaningWall(browser, at) {
  const m = await meeting(at, [{ urgency: 'urgent', text: '学校对面的围墙向外倾斜，接送孩子时很怕', category: 'B0501' }])
  const raised = await become(m, 0)
  const door = await ask('dispatcher', 'POST', '/api/v1/doors', { kind: 'grid', subject: at.grid })

  const resident = await open(browser, phone)
  const { page } = resident
  await page.goto(`${base}/door/${door.code}`)
  await page.locator('[data-category]').first().waitFor()
  await checkAccessible(page, '/door')
  await shot(page, 'door')
  await page.locator('button.more').tap()
  await page.getByRole('searchbox').fill('墙体')
  await page.locator('li [data-category=B0501]').tap()
  await page.getByLabel('说说情况').fill('学校对面的围墙歪了，下雨天怕倒')
  await page.getByRole('button', { name: '提交', exact: true }).tap()
  const follow = (await page.locator('[data-follow]').textContent()).trim()
  await shot(page, 'door-sent')
  const number = (await page.locator('h1').textContent()).match(/\d{8}-\d{6}/)[0]
  const { id } = (await json(`/api/v1/cases?${new URLSearchParams({ text: number })}`, 'dispatcher')).cases[0]

  const worker = await tasksOf(browser, 'gridworker', at)
  await does(worker.page, id, 'verify', { note: '现场查看：墙脚渗水，地基下沉' })
  await worker.close()
  await act('dispatcher', raised.id, 'merge', { case: id })
  await act('dispatcher', id, 'dispatch', { handler: { kind: 'unit', code: at.home } })
  const unit = await tasksOf(browser, 'unit', at)
  await does(unit.page, id, 'accept')
  const alliance = { kind: 'unit', code: at.unit('演示地质勘查院') }
  await act('unit', id, 'plan', { helpers: [alliance], phases: [{ title: '地质勘查', unit: alliance }, { title: '疏通排水' }, { title: '加固墙体' }] })
  for (const [phase, note] of ['勘查完成：排水不畅致地基下沉', '排水沟已疏通', '墙体已加固'].entries()) await does(unit.page, id, 'phase_done', { phase, note })
  await shot(unit.page, 'field-wall')
  await does(unit.page, id, 'report_done', { note: '围墙已加固，排水已疏通', photo: await painted(unit.page) })
  await unit.close()

  await page.getByRole('link', { name: '看进度' }).tap()
  await page.getByRole('button', { name: '解决了' }).tap()
  await page.locator('.steps li', { hasText: '居民确认' }).waitFor()
  await page.locator('[data-confirmed=true]').waitFor()
  check((await page.getByRole('button', { name: '解决了' }).count()) === 0, 'the page asks again what the resident has said')
  await checkAccessible(page, '/follow')
  const checker = await tasksOf(browser, 'checker', at)
  await does(checker.page, id, 'close', { note: '现场核查，墙体稳固' })
  await checker.close()
  await page.goto(`${base}/follow?lang=zh#${follow}`)
  await page.reload()
  await page.getByRole('button', { name: '5 分', exact: true }).tap()
  await page.locator('[data-state=evaluated]').waitFor()
  await checkAccessible(page, '/follow at the end')
  await shot(page, 'follow')
  const steps = await page.locator('.steps li strong').allTextContents()
  check(steps.join(' ') === '上报 待派遣 待签收 处理中 待核查 居民确认 已结案 评价', `the page tells: ${steps.join(' ')}`)
  check(resident.faults().length === 0, resident.faults().join('\n'))
  await resident.close()
  const events = await compare(id, ['report', 'verify', 'dispatch', 'link', 'dispatch', 'accept', 'plan', 'phase_done', 'phase_done', 'phase_done', 'report_done', 'confirm', 'close', 'evaluate'])
  check(events.at(-1).set.satisfaction === 5, 'the history does not tell the satisfaction')
  check((await json(`/api/v1/cases/${raised.id}`, 'dispatcher')).state === 'merged', 'the meeting’s case is not merged into the resident’s')
}

/** The parking shortage: options with votes, joint handling with lead and helpers, read out again at a later meeting. The ledger is kept over HTTP. */
async function parking(browser, at) {
  const options = [{ text: '机关院落夜间错时开放', votes: 12, agreed: true }, { text: '路侧划定限时车位', votes: 9, agreed: true }, { text: '拆除绿地建停车场', votes: 2 }]
  const m = await meeting(at, [{ urgency: 'hard', text: '晚上没处停车', category: 'S0503', options }])
  const { id } = await become(m, 0)
  await act('dispatcher', id, 'dispatch', { handler: { kind: 'unit', code: at.home } })
  const unit = await tasksOf(browser, 'unit', at)
  await does(unit.page, id, 'accept')
  const police = { kind: 'unit', code: at.unit('交警中队') }
  await act('unit', id, 'plan', { helpers: [police], phases: [{ title: '现场会商' }, { title: '划线施工', unit: police }] })
  await does(unit.page, id, 'phase_done', { phase: 0, note: '已商定方案' })
  const later = await meeting(at, [])
  const { rows } = await json(`/api/v1/meetings/${later.id}/open`, 'gridworker')
  check(rows.some((row) => row.id === m.rows[0].id), 'the open row is not read out at the later meeting')
  const again = { ...later, rows: [{ id: newID(), at: new Date().toISOString(), urgency: 'hard', text: '晚上没处停车', from: m.rows[0].id, feedback: '居民认可方案，盼早日划线' }] }
  const saved = await ask('gridworker', 'PUT', `/api/v1/meetings/${later.id}`, again)
  check(saved.rows[0].feedback.startsWith('居民认可'), 'the feedback is not in the ledger')
  await does(unit.page, id, 'phase_done', { phase: 1, note: '新增 36 个车位' })
  await does(unit.page, id, 'report_done', { note: '错时共享已开放', photo: await painted(unit.page) })
  await unit.close()
  await act('checker', id, 'close', { note: '夜间核查，有位可停' })
  await act('dispatcher', id, 'call_back', { satisfaction: 4, note: '电话回访' })
  await compare(id, ['report', 'verify', 'dispatch', 'dispatch', 'accept', 'plan', 'phase_done', 'phase_done', 'report_done', 'close', 'call_back'])
}

/** The lift dispute: mediated, and nothing of it shown to who need not know. */
async function lift(browser, at) {
  const m = await meeting(at, [{ urgency: 'worrying', text: '加装电梯，低层担心采光', category: 'S0602' }])
  const { id, visibility } = await become(m, 0)
  check(visibility === 'restricted', `the dispute is ${visibility}`)
  await act('dispatcher', id, 'dispatch', { handler: { kind: 'unit', code: at.home } })
  const unit = await tasksOf(browser, 'unit', at)
  await does(unit.page, id, 'accept')
  cookies.viewer ??= await newSession('viewer')
  const hidden = await fetch(`${base}/api/v1/cases/${id}`, { headers: { Cookie: cookies.viewer } })
  check(hidden.status === 404, `a viewer who need not know is told of the dispute: ${hidden.status}`)
  const near = `${at.lon - 1e-4},${at.lat - 1e-4},${at.lon + 1e-4},${at.lat + 1e-4}`
  for (const [login, sees] of [['viewer', false], ['dispatcher', true]]) {
    const { features } = await json(`/ogc/collections/cases/items?bbox=${near}&limit=1000`, login)
    check(features.some((f) => f.id === id) === sees, `the dispute is ${sees ? 'not ' : ''}on the map of ${login}`)
  }
  await act('unit', id, 'plan', { phases: [{ title: '实地测量采光' }] })
  await does(unit.page, id, 'phase_done', { phase: 0, note: '采光测算符合要求' })
  await does(unit.page, id, 'mediate', { outcome: 'agreed', note: '低层住户获得补偿，各户签字' })
  await unit.close()
  // Over HTTP: the phone wants a photo as proof, for which the outcome of a mediation stands.
  await act('unit', id, 'report_done', { note: '协议已履行' })
  await act('checker', id, 'close', { note: '回看协议' })
  await act('dispatcher', id, 'call_back', { satisfaction: 5, note: '电话回访' })
  await compare(id, ['report', 'verify', 'dispatch', 'dispatch', 'accept', 'plan', 'phase_done', 'mediate', 'report_done', 'close', 'call_back'])
}

export async function run(browser) {
  const at = await ground()
  await leaningWall(browser, at)
  await parking(browser, at)
  await lift(browser, at)
}
