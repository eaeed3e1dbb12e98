import { base, check, checkAccessible, drawn, json, open } from './browser.mjs'
import { sumsAgree } from './cases.mjs'
import { canControl, kill, start } from './control.mjs'
import { become, insideGrid, onServer, phone, photoOf, picture, pin, ready, unsent } from './field.mjs'
import { badNetwork } from './proxy.mjs'

export const name = 'killed server'

/** kill -9 in the midst of an upload: the server has had the beginning of a picture. */
function killInUpload(network) {
  return new Promise((resolve, reject) => {
    network.begun = ({ method }) => {
      if (method !== 'PUT') return false
      network.begun = () => false
      kill().then(resolve, reject)
      return true
    }
  })
}

/** kill -9 as soon as a report has come in: whether it is stored nobody knows. */
function killAtReport(network) {
  return new Promise((resolve, reject) => {
    network.begun = ({ method, url }) => {
      if (method === 'POST' && url === '/api/v1/cases') {
        network.begun = () => false
        kill().then(resolve, reject)
      }
      return false
    }
  })
}

/** kill -9 after a report was stored; the phone is never told. */
function killAfterReport(network) {
  return new Promise((resolve, reject) => {
    network.lose = ({ method, url }) => method === 'POST' && url === '/api/v1/cases'
    network.heard = () => {
      network.lose = () => false
      network.heard = () => {}
      kill().then(resolve, reject)
    }
  })
}

/** A phone without a network on which reports wait. */
async function keeps(browser, network, tag) {
  const context = await browser.newContext({ ...phone, geolocation: await insideGrid() })
  await become(context, network, 'gridworker')
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(`${network.url}/field`)
  await ready(page)
  network.down = true
  const photo = await picture(page)
  for (let i = 1; i <= 4; i++) await pin(page, { note: `${tag} ${i}`, photo })
  await unsent(page, 4)
  return { context, page, errors, photo }
}

/** The longer nothing gets through the longer a phone waits, unless it has a new network. */
const hurry = (page) => page.evaluate(() => dispatchEvent(new Event('online')))

const parcels = (page) => page.evaluate(() => new Promise((resolve) => {
  const opening = indexedDB.open('lintu-field:gridworker')
  opening.onsuccess = () => {
    const asked = opening.result.transaction('outbox').objectStore('outbox').getAll()
    asked.onsuccess = () => resolve(asked.result.map(({ id, body, state }) => ({ id, note: body.note, state })))
  }
}))

/** The page opens from the phone, map and all, and takes another report. */
async function opensWithoutServer({ page, photo }, tag) {
  await page.reload()
  await drawn(page)
  await unsent(page, 4)
  await pin(page, { note: `${tag} 5`, photo })
  await unsent(page, 5)
  await checkAccessible(page, '/field while the server is down')
}

/** Says how old its data is, and keeps what it had. */
async function saysHowOld(page, where) {
  await page.locator('[data-live=lost]').waitFor({ timeout: 60_000 })
  await page.locator('[data-live=lost][data-age=stale], [data-live=lost][data-age=old]').waitFor({ timeout: 90_000 })
  const text = await page.locator('[data-live=lost]').textContent()
  check(/\d+ (秒|分钟)前|停在/.test(text), `${where} does not say how old its data is: ${text}`)
}

/** All that the phone has kept is on the server, under the same id, once, with its picture. */
async function storedOnce(page, tag) {
  const kept = (await parcels(page)).filter(({ note }) => note.startsWith(tag))
  check(kept.length === 5 && kept.every(({ state }) => state === 'sent'), `the outbox is ${JSON.stringify(kept)}`)
  const found = await onServer(tag)
  check(found.map(({ id }) => id).sort().join() === kept.map(({ id }) => id).sort().join(), `the server has ${found.length} of ${kept.length} reports`)
  check(new Set(found.map(({ number }) => number)).size === 5, 'two reports have one number')
  for (const one of found) {
    check(one.photos.length === 1, `${one.number} has ${one.photos.length} photos`)
    const photo = await photoOf(one)
    check(photo.readUInt16BE(0) === 0xffd8 && photo.readUInt16BE(photo.length - 2) === 0xffd9, `the photo of ${one.number} is not whole`)
    const { events } = await json(`/api/v1/cases/${one.id}/events`, 'dispatcher')
    check(events.filter(({ act }) => act === 'report').length === 1, `${one.number} was reported ${events.length} times`)
  }
  return found
}

async function queueAgrees(page) {
  const { pins } = await json('/api/v1/pins', 'dispatcher')
  await page.locator('[data-tab=all] .figure', { hasText: new RegExp(`^${pins.length.toLocaleString('en-US')}$`) }).waitFor({ timeout: 60_000 })
}

export async function run(browser) {
  if (!canControl) return console.log('      left out: without LINTU_CONTROL nobody can kill the server')
  const network = await badNetwork(base)
  const tag = `kill-${Date.now().toString(36)}`
  const wall = await open(browser, { login: 'viewer' })
  const desk = await open(browser, { login: 'dispatcher', viewport: { width: 1920, height: 1080 } })
  try {
    await wall.page.goto(`${base}/wall`)
    await desk.page.goto(`${base}/console`)
    for (const { page } of [wall, desk]) await page.locator('[data-live=live]').waitFor({ timeout: 60_000 })
    const one = await keeps(browser, network, tag)

    const upload = killInUpload(network)
    network.down = false
    await hurry(one.page)
    await upload
    const before = await wall.page.locator('main').getAttribute('data-cases')
    await opensWithoutServer(one, tag)
    await saysHowOld(wall.page, 'the wall')
    await saysHowOld(desk.page, 'the console')
    check((await wall.page.locator('main').getAttribute('data-cases')) === before, 'the pins are gone while the server is away')
    await checkAccessible(wall.page, '/wall while the server is down')
    await checkAccessible(desk.page, '/console while the server is down')

    for (const next of [killAtReport, killAfterReport]) {
      const killed = next(network)
      await start()
      await hurry(one.page)
      await killed
    }
    await start()
    await unsent(one.page, 0)
    const found = await storedOnce(one.page, tag)
    for (const { page } of [wall, desk]) await page.locator('[data-live=live]').waitFor({ timeout: 90_000 })
    await sumsAgree(wall.page)
    await wall.page.locator(found.map(({ id }) => `[data-news="${id}"]`).join()).first().waitFor({ timeout: 30_000 })
    await queueAgrees(desk.page)
    check(one.errors.length === 0, one.errors.join('\n'))
    await one.context.close()
  } finally {
    await start()
    network.close()
    await wall.close()
    await desk.close()
  }
}
