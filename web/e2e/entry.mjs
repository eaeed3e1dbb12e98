import { base, check, checkAccessible, json, open } from './browser.mjs'

export const name = 'entry page'

export async function run(browser) {
  const config = await json('/api/v1/config')
  const { page, faults, close } = await open(browser, { login: 'viewer' })
  await page.goto(`${base}/`)
  await page.getByText(config.name.zh).first().waitFor()
  const households = config.layers.find((l) => l.name === 'households').count
  await page.getByText(households.toLocaleString('zh-CN'), { exact: true }).waitFor()
  await checkAccessible(page, '/')

  await page.getByRole('button', { name: 'English' }).click()
  await page.waitForURL(/lang=en/)
  await page.getByText(config.name.en).first().waitFor()
  check((await page.locator('html').getAttribute('lang')) === 'en', 'the language of the document is not en')

  await page.getByRole('link', { name: 'Wall map' }).click()
  await page.waitForURL(/\/wall/)
  check(faults().length === 0, faults().join('\n'))
  await close()
}
