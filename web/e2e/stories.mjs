import { base, check, checkAccessible, json, newSession } from './browser.mjs'
import {
  atConsole, beginsMeeting, becomesCase, callsBack, caseOf, comparesAndMerges, dispatches, does, makesDoor, onPhone, opensCase, opensTasks,
  painted, plansAtConsole, readsHistory, readsOut, records, reportsAtDoor, shot, tells,
} from './people.mjs'

export const name = 'stories'

const institute = '演示地质勘查院'
const police = '交警中队'
const wall = { code: 'B0501', title: '墙体' }

/** Where the demo's grid worker and unit are at home. */
async function ground() {
  const { layers } = await json('/api/v1/config', 'gridworker')
  const [west, south, east, north] = layers.find((l) => l.name === 'households').bounds
  const grids = (await json('/ogc/collections/grids/items?limit=1', 'gridworker')).features
  const units = (await json('/ogc/collections/units/items?limit=100', 'dispatcher')).features
  return { at: [(west + east) / 2, (south + north) / 2], grid: grids[0].properties.code, home: units[0].properties.code }
}

/** Nobody has judged own work: as the server keeps it, by account. */
async function judgedByAnother(number) {
  const { id } = await caseOf(number)
  const { events } = await json(`/api/v1/cases/${id}/events`, 'dispatcher')
  const workers = events.filter((e) => ['accept', 'report_done', 'phase_done'].includes(e.act)).map((e) => e.by)
  const closer = events.find((e) => e.act === 'close')
  check(!workers.includes(closer.by), 'who worked on the case has closed it')
}

/**
 * The leaning wall: raised at a meeting and by a resident at a door, checked on site, the cause found, repaired in phases
 * together with the geological institute, confirmed by the resident, closed by somebody else, evaluated.
 */
async function leaningWall({ worker, unit, checker, desk, resident }, { grid, home }) {
  const text = '学校对面的围墙向外倾斜，接送孩子时很怕'
  await beginsMeeting(worker.page, '小板凳议事会：围墙')
  await records(worker.page, { text, urgency: 'urgent', category: wall, beside: true })
  await shot(worker.page, 'meeting-wall')
  const raised = await becomesCase(worker.page, text)

  const door = await makesDoor(desk.page, grid)
  const { page } = resident
  const { number, follow } = await reportsAtDoor(page, door, wall, '学校对面的围墙歪了，下雨天怕倒')
  await shot(page, 'door-sent')

  await opensTasks(worker.page)
  await does(worker.page, number, 'verify', { note: '现场查看：墙脚渗水，地基下沉' })
  await desk.page.goto(`${base}/console`)
  await opensCase(desk.page, raised)
  await comparesAndMerges(desk.page, number)
  await shot(desk.page, 'console-merged')
  await opensCase(desk.page, number)
  await dispatches(desk.page, home)

  await opensTasks(unit.page)
  await does(unit.page, number, 'accept')
  await does(unit.page, number, 'plan', { plan: { phases: [{ title: '地质勘查', unit: institute }, { title: '疏通排水' }, { title: '加固墙体' }], helpers: [institute] } })
  for (const [phase, note] of ['勘查完成：排水不畅致地基下沉', '排水沟已疏通', '墙体已加固'].entries()) await does(unit.page, number, 'phase_done', { phase, note })
  await does(unit.page, number, 'report_done', { note: '围墙已加固，排水已疏通', photo: await painted(unit.page) })

  await page.getByRole('link', { name: '看进度' }).tap()
  await page.getByRole('button', { name: '解决了' }).tap()
  await page.locator('.steps li', { hasText: '居民确认' }).waitFor()
  await page.locator('[data-confirmed=true]').waitFor()
  check((await page.getByRole('button', { name: '解决了' }).count()) === 0, 'the page asks again what the resident has said')
  await checkAccessible(page, '/follow')
  await opensTasks(checker.page)
  await does(checker.page, number, 'close', { note: '现场核查，墙体稳固' })
  await page.goto(`${base}/follow?lang=zh#${follow}`)
  await page.reload()
  await page.getByRole('button', { name: '5 分', exact: true }).tap()
  await page.locator('[data-state=evaluated]').waitFor()
  await checkAccessible(page, '/follow at the end')
  await shot(page, 'follow')
  const steps = await page.locator('.steps li strong').allTextContents()
  check(steps.join(' ') === '上报 待派遣 待签收 处理中 待核查 居民确认 已结案 评价', `the page tells: ${steps.join(' ')}`)

  const acts = ['report', 'verify', 'dispatch', 'link', 'dispatch', 'accept', 'plan', 'phase_done', 'phase_done', 'phase_done', 'report_done', 'confirm', 'close', 'evaluate']
  tells(await readsHistory(desk.page, number, acts.length), acts, [
    ['report', '来源：居民', '下雨天怕倒'], ['verify', '地基下沉'], ['link', raised], ['plan', `阶段 1：地质勘查（${institute}）`, '阶段 3：加固墙体（牵头单位）', `协办：${institute}`],
    ['phase_done', '完成阶段 1：地质勘查', '排水沟已疏通', '各阶段都已完成'], ['report_done', '照片 1 张'], ['confirm', '居民认可'], ['close', '按期办结', '墙体稳固'], ['evaluate', '满意度：5 / 5'],
  ])
  await checkAccessible(desk.page, '/console with a whole history')
  await shot(desk.page, 'console-wall')
  tells(await readsHistory(desk.page, raised, 4), ['report', 'verify', 'dispatch', 'merge'], [['report', '来源：议事会'], ['merge', `已并入案卷 ${number}`]])
  await judgedByAnother(number)
}

/** The parking shortage: options with votes, joint handling with lead and helpers, read out again at a later meeting. */
async function parking({ worker, unit, checker, desk }, { home }) {
  const text = '晚上没处停车'
  await beginsMeeting(worker.page, '小板凳议事会：停车')
  await records(worker.page, {
    text, urgency: 'hard', category: { code: 'S0503', title: '停车' },
    options: [{ text: '机关院落夜间错时开放', votes: 12, agreed: true }, { text: '路侧划定限时车位', votes: 9, agreed: true }, { text: '拆除绿地建停车场', votes: 2 }],
  })
  await shot(worker.page, 'meeting-parking')
  const number = await becomesCase(worker.page, text)
  await opensCase(desk.page, number)
  await dispatches(desk.page, home)
  await does(unit.page, number, 'accept')
  await opensCase(desk.page, number)
  await plansAtConsole(desk.page, { phases: [{ title: '现场会商' }, { title: '划线施工', unit: police }], helpers: [police] })
  await does(unit.page, number, 'phase_done', { phase: 0, note: '已商定方案' })
  await beginsMeeting(worker.page, '小板凳议事会：回头看')
  await readsOut(worker.page, number, '居民认可方案，盼早日划线')
  await shot(worker.page, 'meeting-read-out')
  await does(unit.page, number, 'phase_done', { phase: 1, note: '新增 36 个车位' })
  await does(unit.page, number, 'report_done', { note: '错时共享已开放', photo: await painted(unit.page) })
  await does(checker.page, number, 'close', { note: '夜间核查，有位可停' })
  await opensCase(desk.page, number)
  await callsBack(desk.page, 4, '电话回访')

  const acts = ['report', 'verify', 'dispatch', 'dispatch', 'accept', 'plan', 'phase_done', 'phase_done', 'report_done', 'close', 'call_back']
  tells(await readsHistory(desk.page, number, acts.length), acts, [
    ['report', '来源：议事会', '标签：难', text], ['plan', '联办', `阶段 2：划线施工（${police}）`, `协办：${police}`], ['phase_done', '已商定方案', '还有 1 个阶段', '新增 36 个车位'],
    ['close', '有位可停'], ['call_back', '满意度：4 / 5', '电话回访'],
  ])
  await judgedByAnother(number)
}

/** The lift dispute: mediated, and nothing of it shown to who need not know. */
async function lift({ worker, unit, checker, desk }, { at: [lon, lat], home }) {
  const text = '加装电梯，低层担心采光'
  await beginsMeeting(worker.page, '小板凳议事会：电梯')
  await records(worker.page, { text, urgency: 'worrying', category: { code: 'S0602', title: '电梯' } })
  const number = await becomesCase(worker.page, text)
  const { id, visibility } = await caseOf(number)
  check(visibility === 'restricted', `the dispute is ${visibility}`)
  await opensCase(desk.page, number)
  await dispatches(desk.page, home)
  await does(unit.page, number, 'accept')
  const hidden = await fetch(`${base}/api/v1/cases/${id}`, { headers: { Cookie: await newSession('viewer') } })
  check(hidden.status === 404, `a viewer who need not know is told of the dispute: ${hidden.status}`)
  const near = `${lon - 1e-4},${lat - 1e-4},${lon + 1e-4},${lat + 1e-4}`
  for (const [login, sees] of [['viewer', false], ['dispatcher', true]]) {
    const { features } = await json(`/ogc/collections/cases/items?bbox=${near}&limit=1000`, login)
    check(features.some((f) => f.id === id) === sees, `the dispute is ${sees ? 'not ' : ''}on the map of ${login}`)
  }
  await does(unit.page, number, 'plan', { plan: { phases: [{ title: '实地测量采光' }] } })
  await does(unit.page, number, 'phase_done', { phase: 0, note: '采光测算符合要求' })
  await does(unit.page, number, 'mediate', { outcome: 'agreed', note: '低层住户获得补偿，各户签字' })
  await does(unit.page, number, 'report_done', { note: '协议已履行' })
  await does(checker.page, number, 'close', { note: '回看协议' })
  await opensCase(desk.page, number)
  await callsBack(desk.page, 5, '电话回访')

  const acts = ['report', 'verify', 'dispatch', 'dispatch', 'accept', 'plan', 'phase_done', 'mediate', 'report_done', 'close', 'call_back']
  tells(await readsHistory(desk.page, number, acts.length), acts, [
    ['report', '标签：愁', text], ['plan', '阶段 1：实地测量采光'], ['mediate', '调解结果：达成协议', '各户签字'], ['report_done', '协议已履行'], ['call_back', '满意度：5 / 5'],
  ])
  await shot(desk.page, 'console-lift')
  await judgedByAnother(number)
}

export async function run(browser) {
  const place = await ground()
  const people = {
    worker: await onPhone(browser, place.at, 'gridworker'), unit: await onPhone(browser, place.at, 'unit'), checker: await onPhone(browser, place.at, 'checker'),
    resident: await onPhone(browser, place.at), desk: await atConsole(browser),
  }
  await leaningWall(people, place)
  await parking(people, place)
  await lift(people, place)
  for (const [who, { faults, close }] of Object.entries(people)) {
    // The phone asks in which layer the own area is: where it is not, the answer is 404.
    const bad = faults().filter((fault) => !/status of 404/.test(fault))
    check(bad.length === 0, `${who}: ${bad.join('\n')}`)
    await close()
  }
}
