import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { base, check, checkAccessible, drawn, json, open } from './browser.mjs'

export const name = 'planner'

const shared = process.env.LINTU_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data')
const file = 'changsha_gbk_nohint_noprj.zip'
const path = resolve(shared, 'china/changsha_variants', file)
const counties = ['岳麓区', '开福区', '浏阳市', '天心区', '长沙县']
const county = '岳麓区'

/** Drops a file on the page as a hand with a mouse does. */
async function drop(page, bytes, called) {
  const transfer = await page.evaluateHandle(([data, title]) => {
    const all = new DataTransfer()
    all.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], title))
    return all
  }, [bytes.toString('base64'), called])
  for (const type of ['dragover', 'drop']) await page.dispatchEvent('main', type, { dataTransfer: transfer })
}

async function shown(page, dataset) {
  await page.getByRole('heading', { name: dataset, exact: true, level: 2 }).waitFor({ timeout: 60_000 })
}

/** What the importer found is there to be read before anything is stored. */
async function explains(page) {
  await drop(page, readFileSync(path), file)
  await shown(page, file)
  const table = page.getByRole('table')
  for (const name of counties) check((await table.textContent()).includes(name), `${name} is not among the sample values`)
  await page.getByText('GBK（简体中文）').waitFor()
  const question = page.locator('[data-question=crs]')
  await question.getByText('坐标是什么坐标系').waitFor()
  check((await question.getByRole('radio').count()) >= 2, 'the question has no candidates')
  await page.locator('[data-preview="9"]').waitFor()
  await page.getByText('暂按“GCJ-02').waitFor()
  check(await page.getByRole('button', { name: '应用', exact: true }).isDisabled(), 'it can be applied with an open question')
  await page.getByText('还有 1 个问题没有回答').waitFor()
  await checkAccessible(page, '/planner with a question')
}

async function answers(page) {
  await page.getByRole('radio', { name: /GCJ-02/ }).check()
  await page.getByRole('combobox', { name: '导入到图层' }).selectOption('counties')
  await page.getByText(/(写入 9 个县区)|(9 个县区都与地图上一样)/).waitFor()
  check(await page.getByRole('radio', { name: /GCJ-02/ }).isChecked(), 'the answer is not kept')
  await page.getByText('尚未确认').first().waitFor({ state: 'detached' }) // what was assumed is drawn anew as what is known
  await page.locator('[data-preview="9"]').waitFor()
  for (const other of ['夜间', '日间']) {
    await checkAccessible(page, '/planner with a report')
    await page.getByRole('button', { name: other, exact: true }).click()
  }
}

async function applies(page) {
  await page.getByRole('button', { name: '应用', exact: true }).click()
  await page.locator('[data-applied]').waitFor({ timeout: 60_000 })
  await checkAccessible(page, '/planner after applying')
  const { features } = await json('/ogc/collections/counties/items?code=430104')
  check(features[0]?.properties.name === county, `the collection has ${features[0]?.properties.name} instead of ${county}`)
  // Where the coordinates are, once their offset is taken away: within the county's true bounds.
  const [lon, lat] = features[0].geometry.coordinates.flat(3).slice(0, 2)
  check(lon > 112.6 && lon < 113.1 && lat > 27.9 && lat < 28.5, `${county} lies at ${lon}, ${lat}`)
}

async function isOnTheMap(page) {
  await page.getByRole('link', { name: '在大屏地图上看' }).click()
  await drawn(page)
  await page.keyboard.press('/')
  await page.keyboard.type(county)
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: county }).waitFor()
}

/** The list keeps the batch with its report, and it can be taken back. */
async function isTakenBack(page) {
  await page.goto(`${base}/planner`)
  await page.getByRole('link', { name: file }).first().click()
  await shown(page, file)
  await page.getByText('读到 9 行，可导入 9 行').waitFor()
  await page.getByRole('button', { name: '撤销这一批' }).click()
  await checkAccessible(page, '/planner before taking back')
  await page.getByRole('dialog').getByRole('button', { name: '撤销这一批' }).click()
  await page.getByText('这一批已撤销').waitFor({ timeout: 60_000 })
  const { numberMatched } = await json('/ogc/collections/counties/items?code=430104')
  check(numberMatched === 0, `${county} is still there after the batch was taken back`)
}

async function refusesWhatItCannotRead(page) {
  await page.goto(`${base}/planner`)
  await page.getByRole('heading', { name: '过去的批次' }).waitFor()
  await checkAccessible(page, '/planner')
  await drop(page, Buffer.from('x'), 'town.shp')
  await page.getByRole('alert').getByText('town.shp').waitFor()
}

/** Works on a telephone, in English, and says why a broken file was not taken. */
async function fitsAPhone(browser) {
  const phone = await open(browser, { login: 'planner', viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true })
  const { page } = phone
  await page.goto(`${base}/planner?lang=en`)
  await page.getByRole('heading', { name: 'Past batches' }).waitFor()
  await drop(page, readFileSync(path), file)
  await shown(page, file)
  await page.locator('[data-preview="9"]').waitFor()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 360, `the phone page is ${wide} px wide`)
  await checkAccessible(page, '/planner on a phone')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('heading', { name: 'Past batches' }).waitFor()
  check(phone.faults().length === 0, phone.faults().join('\n'))
  await drop(page, Buffer.from('this is no archive'), 'broken.zip')
  await page.getByRole('alert').getByText('“broken.zip” was not taken').waitFor()
  await phone.close()
}

export async function run(browser) {
  if (!existsSync(path)) {
    check(process.env.CI !== 'true', `${path} is missing; LINTU_SHARED_DATA says where the shared data is`)
    console.log(`skip  ${name}: no ${path}; LINTU_SHARED_DATA says where the shared data is`)
    return
  }
  const { page, faults, close } = await open(browser, { login: 'planner' })
  await refusesWhatItCannotRead(page)
  await explains(page)
  await answers(page)
  await applies(page)
  await isOnTheMap(page)
  await isTakenBack(page)
  check(faults().length === 0, faults().join('\n'))
  await close()
  await fitsAPhone(browser)
}
