import { base, check, checkAccessible, checkBothThemes, drawn, json, open } from './browser.mjs'

export const name = 'personal data'

const why = '年度走访'

/** The first household of the grid worker's. */
async function household() {
  const { features } = await json('/ogc/collections/households/items?limit=1', 'gridworker')
  return features[0]
}

/** Everything that the browser has kept, and where it is. */
async function leftovers(page, context) {
  const stored = await page.evaluate(() => JSON.stringify([location.href, document.title, { ...localStorage }, { ...sessionStorage }, history.state]))
  return stored + JSON.stringify(await context.cookies())
}

async function unmasks(browser, home) {
  const { page, context, faults, close } = await open(browser, { login: 'gridworker' })
  const addresses = []
  page.on('request', (request) => addresses.push(request.url()))
  await page.goto(`${base}/wall#pick=households/${home.id}`)
  await drawn(page)
  const card = page.locator('[data-person=masked]')
  await card.waitFor()
  check(/.\*\*/.test(await card.textContent()), 'the name is not masked')
  check(!/(?<!\d)1\d{10}(?!\d)/.test(await page.content()), 'a whole phone number is on the page before anybody asked')
  await checkAccessible(page, '/wall with a masked person')
  await card.getByRole('button', { name: '查看完整信息' }).click()
  await page.getByRole('button', { name: '查看 60 秒' }).click()
  await page.getByRole('alert').getByText('请选择用途').waitFor()
  await checkAccessible(page, '/wall asking for the purpose')
  await page.getByLabel('入户走访').check()
  await page.getByLabel('理由').fill(why)
  await page.getByRole('button', { name: '查看 60 秒' }).click()
  const full = page.locator('[data-person=full]')
  await full.waitFor()
  await full.getByText('今天还可以查看').waitFor()
  await checkAccessible(page, '/wall with a person in full')
  const [name, phone] = await full.locator('dd').allTextContents()
  check(/^\d{11}$/.test(phone) && !name.includes('*'), 'the person is not shown in full')
  const kept = (await leftovers(page, context)) + addresses.map(decodeURIComponent).join()
  for (const secret of [name, phone]) check(!kept.includes(secret), 'a name or phone number is in an address or in storage')
  await page.keyboard.press('Escape')
  await full.waitFor({ state: 'detached' })
  check(!(await page.content()).includes(phone), 'the phone number stays on the page after the card is closed')

  await finds(page, { name, phone }, home, addresses)
  check(faults().length === 0, faults().join('\n'))
  await close()
}

/** Found again by the exact number, which travels in no address. */
async function finds(page, { phone }, home, addresses) {
  await page.getByRole('button', { name: '找人' }).click()
  await page.getByRole('textbox', { name: '电话' }).fill(phone)
  await page.locator('[data-form=find-person]').getByRole('button', { name: '查找' }).click()
  await page.getByText(/找到 \d+ 人/).waitFor()
  await checkAccessible(page, '/wall with a person found')
  await page.locator('.find li button').first().click()
  await page.locator(`[data-card="${home.properties.code}"]`).waitFor()
  check(!addresses.some((url) => url.includes(phone)), 'the phone number searched for is in an address')
  check(!(await page.content()).includes(phone), 'what was searched for stays on the page')
}

/** The auditor sees who looked, at which household and why. */
async function isAudited(browser, home) {
  const { page, faults, close } = await open(browser, { login: 'auditor' })
  await page.goto(`${base}/audit`)
  await page.locator('article').first().waitFor()
  await checkBothThemes(page, '/audit')
  await page.getByRole('textbox', { name: '账号' }).fill('gridworker')
  await page.getByLabel('做了什么').selectOption('unmask')
  await page.locator('[data-form=audit]').getByRole('button', { name: '查找' }).click()
  const entry = page.locator('[data-act=unmask]').first()
  await entry.getByText('gridworker 查看了户的完整个人信息').waitFor()
  // The entry may have stood in the list before it was filtered.
  await page.locator('article:not([data-act=unmask])').first().waitFor({ state: 'detached' })
  const text = await entry.textContent()
  check(text.includes('入户走访') && text.includes(why), `the audit says “${text}”`)
  await entry.getByRole('button').click()
  await entry.getByText(home.id).waitFor()
  await checkAccessible(page, '/audit with details')
  const csv = await page.evaluate(async (href) => (await fetch(href)).text(), await page.getByRole('link', { name: '导出 CSV' }).getAttribute('href'))
  check(csv.includes(home.id), 'the export lacks the entry')
  await page.getByRole('button', { name: '开始核验' }).click()
  await page.locator('[data-verified]').waitFor({ timeout: 60_000 })
  check(/^[0-9a-f]{64}$/.test(await page.getByLabel(/请抄下/).inputValue()), 'there is no hash to note down')
  check(faults().length === 0, faults().join('\n'))
  await close()
}

/** Who may not see persons is neither shown any nor asked for a name. */
async function notForViewers(browser, home) {
  const { page, close } = await open(browser, { login: 'viewer' })
  const asked = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`${base}/wall#pick=households/${home.id}`)
  await page.locator(`[data-card="${home.properties.code}"]`).waitFor()
  await drawn(page)
  check((await page.locator('[data-person]').count()) === 0 && !asked.some((url) => url.includes('/person')), 'a viewer is shown personal data')
  check((await page.getByRole('button', { name: '找人' }).count()) === 0, 'a viewer can search for persons')
  await close()
}

export async function run(browser) {
  const home = await household()
  await notForViewers(browser, home)
  await unmasks(browser, home)
  await isAudited(browser, home)
}
