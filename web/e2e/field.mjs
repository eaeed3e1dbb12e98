import { gzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { base, check, checkAccessible, fillSignIn, json, newSession, passwords } from './browser.mjs'
import { badNetwork } from './proxy.mjs'

export const name = 'field page'

/** Before its map the page weighs no more than this, compressed. */
const firstLoadBytes = 150 * 1024

export const phone = { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true, reducedMotion: 'reduce', permissions: ['geolocation'], acceptDownloads: true }

/** The context's session becomes that of an account, as if it had signed in on another page. */
export async function become(context, network, login) {
  const [cookie, value] = (await newSession(login)).split('=')
  await context.addCookies([{ name: cookie, value, url: network.url, httpOnly: true, sameSite: 'Strict' }])
}

export const unsent = (page, n) => page.waitForSelector(`[data-outbox="${n}"]`, { timeout: 60_000 })
const drawn = (page) => page.waitForSelector('[data-idle=true]', { timeout: 120_000 })

/** What the page asks for until its map, each file compressed. */
async function weighs(browser, network) {
  const context = await browser.newContext({ ...phone, serviceWorkers: 'block' })
  await become(context, network, 'gridworker')
  const page = await context.newPage()
  const before = []
  let map = false
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (/maplibre|mapChunk|adapter/.test(pathname)) map = true
    if (!map) before.push(response.body().then((body) => gzipSync(body).length, () => 0))
  })
  await page.goto(`${network.url}/field`)
  await drawn(page)
  const bytes = (await Promise.all(before)).reduce((sum, n) => sum + n, 0)
  console.log(`      ${Math.round(bytes / 1024)} KB in ${before.length} answers before the map`)
  check(before.length > 3 && bytes < firstLoadBytes, `the page weighs ${bytes} bytes before its map`)
  await context.close()
}

/** A large picture with a place in it, such as a phone's camera makes. */
export async function picture(page) {
  const text = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 3000
    canvas.height = 2000
    const paint = canvas.getContext('2d')
    for (let i = 0; i < 300; i++) {
      paint.fillStyle = `hsl(${i * 7} 60% 50%)`
      paint.fillRect((i * 97) % 3000, (i * 61) % 2000, 240, 180)
    }
    return canvas.toDataURL('image/jpeg', 0.9)
  })
  return withPlace(Buffer.from(text.split(',')[1], 'base64'), [113.63, 28.16])
}

/** Writes EXIF with a position behind a JPEG's first marker. */
function withPlace(jpeg, [lon, lat]) {
  const tiff = Buffer.alloc(160)
  tiff.write('MM\0*', 0, 'latin1')
  tiff.writeUInt32BE(8, 4)
  const entry = (at, id, type, count, value) => {
    tiff.writeUInt16BE(id, at)
    tiff.writeUInt16BE(type, at + 2)
    tiff.writeUInt32BE(count, at + 4)
    if (typeof value === 'string') tiff.write(value, at + 8, 'latin1')
    else tiff.writeUInt32BE(value, at + 8)
  }
  const degrees = (at, value) => [Math.round(value * 1e6), 1e6, 0, 1, 0, 1].forEach((n, i) => tiff.writeUInt32BE(n, at + i * 4))
  tiff.writeUInt16BE(1, 8)
  entry(10, 0x8825, 4, 1, 26)
  tiff.writeUInt16BE(4, 26)
  entry(28, 1, 2, 2, 'N')
  entry(40, 2, 5, 3, 84)
  entry(52, 3, 2, 2, 'E')
  entry(64, 4, 5, 3, 108)
  degrees(84, lat)
  degrees(108, lon)
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), Buffer.from('Exif\0\0', 'latin1'), tiff])
  segment.writeUInt16BE(segment.length - 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)])
}

/** Three taps: report, what it is, send. */
export async function pin(page, { note = '', photo = null } = {}) {
  await page.locator('[data-report]').tap()
  const form = page.locator('[data-form=report]')
  await form.locator('[data-category]').first().tap()
  if (photo) {
    await form.locator('[data-photo=file]').setInputFiles({ name: 'wall.jpg', mimeType: 'image/jpeg', buffer: photo })
    await form.locator('img').waitFor()
  }
  if (note) await form.getByLabel('说明').fill(note)
  await form.locator('[data-send]').tap()
  await form.waitFor({ state: 'detached' })
}

const parcels = (page) => page.locator('[data-parcel]').evaluateAll((items) => items.map((item) => ({ id: item.dataset.parcel, state: item.dataset.state })))

async function outbox(page) {
  await page.locator('[data-tab=outbox]').tap()
  await page.locator('[data-parcel]').first().waitFor()
  return parcels(page)
}

/** What the server has under that text. */
export const onServer = async (text) => (await json(`/api/v1/cases?${new URLSearchParams({ text, limit: '50' })}`, 'dispatcher')).cases

export async function photoOf(one) {
  const cookie = await newSession('dispatcher')
  return Buffer.from(await (await fetch(`${base}/api/v1/cases/${one.id}/photos/${one.photos[0].id}`, { headers: { Cookie: cookie } })).arrayBuffer())
}

/** The worker holds the page, and the phone the map of the own grid. */
export async function ready(page) {
  await drawn(page)
  await page.waitForSelector('[data-filled=true]', { timeout: 120_000 })
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (!navigator.serviceWorker.controller) await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }))
  })
}

async function signsInAndPins(page, network, tag) {
  await page.goto(`${network.url}/field`)
  await checkAccessible(page, '/field before signing in')
  await fillSignIn(page, 'gridworker')
  await ready(page)
  await checkAccessible(page, '/field')
  await pin(page)
  await unsent(page, 0)
  await page.locator('[data-report]').tap()
  await checkAccessible(page, '/field with a report')
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 360, `the page is ${wide} px wide`)
  await page.locator('[data-form=report]').getByLabel('说明').fill(`${tag} 草稿`)
  await page.reload()
  await page.locator('[data-report]', { hasText: '接着报' }).tap()
  await page.getByText('上次没报完的').waitFor()
  check((await page.locator('[data-form=report]').getByLabel('说明').inputValue()) === `${tag} 草稿`, 'the draft is gone after a reload')
  await page.getByRole('button', { name: '重新开始' }).tap()
  await page.getByRole('button', { name: '返回' }).tap()
}

async function reportsOffline(page, context, network, tag) {
  network.down = true
  await context.setOffline(true)
  await page.reload()
  await page.locator('[data-net=offline]').getByText('离线').waitFor()
  await drawn(page)
  const photo = await picture(page)
  for (let i = 1; i <= 3; i++) await pin(page, { note: `${tag} ${i}`, photo })
  await unsent(page, 3)
  await page.reload()
  await unsent(page, 3)
  const waiting = (await outbox(page)).filter((p) => p.state !== 'sent')
  check(waiting.length === 3 && waiting.every((p) => p.state === 'waiting'), `the outbox is ${JSON.stringify(waiting)}`)
  await checkAccessible(page, '/field offline, with an outbox')
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-export]').tap()])
  const file = JSON.parse(readFileSync(await download.path(), 'utf8'))
  check(file.parcels.length === 3, `${file.parcels.length} parcels were exported`)
  check(file.parcels.every((p) => p.photos.length === 1 && Buffer.from(p.photos[0].base64, 'base64').readUInt16BE(0) === 0xffd8), 'the exported photos are no JPEG')
  return waiting.map((p) => p.id)
}

/** Somebody else on the same phone sees nothing of it, and sends nothing of it. */
async function anotherAccount(page, context, network) {
  network.down = false
  await context.setOffline(false)
  await become(context, network, 'head')
  await page.goto(`${network.url}/field`)
  await page.locator('h1', { hasText: '邻' }).waitFor()
  await page.getByRole('button', { name: '账号菜单：head' }).waitFor()
  await unsent(page, 0)
  await page.locator('[data-tab=outbox]').tap()
  check((await parcels(page)).length === 0, 'an account sees the parcels of another')
  await page.locator('[data-tab=homes]').tap()
  await page.locator('.homes li').first().waitFor()
  const kept = await page.evaluate(() => new Promise((resolve) => {
    const opening = indexedDB.open('lintu-field:gridworker')
    opening.onsuccess = () => {
      const tx = opening.result.transaction(['kept', 'tiles', 'outbox'])
      const counts = ['kept', 'tiles', 'outbox'].map((store) => tx.objectStore(store).count())
      tx.oncomplete = () => resolve(counts.map((count) => count.result))
    }
  }))
  check(kept[0] === 0 && kept[1] === 0, `of the account before ${kept[0]} answers and ${kept[1]} tiles are left`)
  check(kept[2] >= 3, 'unsent reports are gone')
}

/** Answers are lost: each picture's first, and every other one of reports. The page is loaded anew in the middle. */
async function comesBack(page, context, network, tag, ids) {
  const asked = new Set()
  let posts = 0
  network.lose = ({ method, url }) => {
    if (method === 'POST' && url === '/api/v1/cases') return posts++ % 2 === 0
    if (method !== 'PUT' || asked.has(url)) return false
    asked.add(url)
    return true
  }
  const twice = new Promise((resolve) => (network.heard = () => network.lost >= 2 && resolve()))
  await become(context, network, 'gridworker')
  await page.goto(`${network.url}/field`)
  await page.getByRole('button', { name: '账号菜单：gridworker' }).waitFor()
  await twice
  await page.reload()
  await unsent(page, 0)
  network.lose = () => false
  const found = await onServer(tag)
  check(found.length === 3, `the server has ${found.length} of 3 reports`)
  check(found.map((one) => one.id).sort().join() === [...ids].sort().join(), 'the server has other ids than the phone')
  check(found.every((one) => one.photos.length === 1), 'photos are missing')
  const photo = await photoOf(found[0])
  check(!photo.includes('Exif\0\0'), 'the photo still has EXIF')
  return found
}

/** A session that ends keeps everything, and goes on after signing in. */
async function sessionEnds(page, context, tag) {
  await context.clearCookies()
  await pin(page, { note: `${tag} 登录` })
  const strip = page.getByRole('alert').getByText('登录已结束')
  await strip.waitFor()
  await checkAccessible(page, '/field after the session has ended')
  await page.locator('.strip').getByRole('button', { name: '登录' }).tap()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('密码').fill(passwords.gridworker)
  await dialog.getByRole('button', { name: '登录' }).tap()
  await unsent(page, 0)
  check((await onServer(`${tag} 登录`)).length === 1, 'the report of the time without a session is not on the server once')
}

/** Writes into all rows of a store of the phone's that wait, as if it had happened. */
function rewrite(page, store, change) {
  return page.evaluate(([store, change]) => new Promise((resolve) => {
    const opening = indexedDB.open('lintu-field:gridworker')
    opening.onsuccess = () => {
      const tx = opening.result.transaction(store, 'readwrite')
      const rows = tx.objectStore(store)
      rows.getAll().onsuccess = ({ target }) => {
        for (const row of target.result) if (row.state !== 'sent') rows.put({ ...row, ...change, ...(row.body ? { body: { ...row.body, ...change.body } } : {}) })
      }
      tx.oncomplete = resolve
    }
  }), [store, change])
}

/** The phone believes that the server has a picture, which it has not: the picture is sent after all. */
async function photoIsMissed(page, network, tag) {
  network.down = true
  await pin(page, { note: `${tag} 照片`, photo: await picture(page) })
  await rewrite(page, 'photos', { sentAt: Date.now() })
  network.down = false
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await unsent(page, 0)
  const found = await onServer(`${tag} 照片`)
  check(found.length === 1 && found[0].photos.length === 1, `of the report with a missed photo the server has ${JSON.stringify(found.map((one) => one.photos))}`)
}

/** What the server refuses says why, and can be mended. */
async function refused(page, network, tag) {
  network.down = true
  await pin(page, { note: `${tag} 退回` })
  await rewrite(page, 'outbox', { body: { category: 'none' } })
  network.down = false
  await page.reload()
  await page.locator('[data-tab=outbox]').tap()
  const item = page.locator('[data-state=refused]')
  await item.getByRole('alert').getByText('类别').waitFor()
  await checkAccessible(page, '/field with a refused report')
  await item.getByRole('button', { name: '修改' }).tap()
  await item.locator('[data-category]').first().tap()
  await item.getByRole('button', { name: '再发一次' }).tap()
  await unsent(page, 0)
  check((await onServer(`${tag} 退回`)).length === 1, 'the mended report is not on the server once')
}

/** An act is done offline, and goes out with the network, once. */
async function actsOffline(page, network, one) {
  await page.reload()
  await page.locator('[data-tab=tasks]').tap()
  const task = page.locator(`[data-task="${one.id}"]`)
  await task.getByText('其他操作').tap()
  await checkAccessible(page, '/field with tasks')
  network.down = true
  await task.locator('[data-act=comment]').tap()
  await task.getByLabel('说明').fill('已到现场')
  await task.locator('[data-send-act]').tap()
  await task.getByText('在手机里等待发送').waitFor()
  network.down = false
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await unsent(page, 0)
  const { events } = await json(`/api/v1/cases/${one.id}/events`, 'dispatcher')
  check(events.filter(({ act, note }) => act === 'comment' && note === '已到现场').length === 1, 'the comment is not on the server once')
}

async function atNight(page) {
  await page.getByRole('button', { name: '账号菜单：gridworker' }).tap()
  await page.getByRole('dialog').getByRole('button', { name: '夜间' }).tap()
  await checkAccessible(page, 'the menu of /field at night')
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).tap()
  for (const tab of ['map', 'tasks', 'outbox']) {
    await page.locator(`[data-tab=${tab}]`).tap()
    await checkAccessible(page, `/field ${tab} at night`)
  }
  await page.goto(page.url().replace(/\/field.*/, '/field?lang=en'))
  await page.locator('[data-report]', { hasText: 'Report' }).tap()
  await page.locator('[data-form=report]').getByText('What is it?').waitFor()
  await checkAccessible(page, '/field in English at night')
}

/** Signing out takes the map and the answers along, and leaves nothing to look at. */
async function signsOut(page, context, network) {
  await page.goto(`${network.url}/field?lang=zh`)
  await page.getByRole('button', { name: '账号菜单：gridworker' }).tap()
  await page.getByRole('dialog').getByRole('button', { name: '退出登录' }).tap()
  await page.locator('[data-form=sign-in]').waitFor()
  network.down = true
  await context.setOffline(true)
  await page.reload()
  await page.getByText('第一次使用需要网络').waitFor()
}

export async function run(browser) {
  const network = await badNetwork(base)
  const tag = `e2e-${Date.now().toString(36)}`
  try {
    await weighs(browser, network)
    const context = await browser.newContext({ ...phone, geolocation: await insideGrid() })
    const page = await context.newPage()
    const errors = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${network.url}/`)) errors.push(`asked another origin: ${request.url()}`)
    })
    await signsInAndPins(page, network, tag)
    const ids = await reportsOffline(page, context, network, tag)
    await anotherAccount(page, context, network)
    const [one] = await comesBack(page, context, network, tag, ids)
    await sessionEnds(page, context, tag)
    await photoIsMissed(page, network, tag)
    await refused(page, network, tag)
    await actsOffline(page, network, one)
    await atNight(page)
    await signsOut(page, context, network)
    check(errors.length === 0, errors.join('\n'))
    await context.close()
  } finally {
    network.close()
  }
}

/** A place in the middle of the grid worker's households. */
export async function insideGrid() {
  const { layers } = await json('/api/v1/config', 'gridworker')
  const [west, south, east, north] = layers.find((l) => l.name === 'households').bounds
  return { longitude: (west + east) / 2, latitude: (south + north) / 2, accuracy: 12 }
}
