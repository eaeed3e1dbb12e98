// Signs in through a provider on another site and prints who our server then
// takes the browser for: LINTU_URL is the server, LINTU_LOGIN the login.
import { launch } from './browser.mjs'

const server = process.env.LINTU_URL
const browser = await launch()
try {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${server}/login/sso?next=/api/v1/me`)
  await page.fill('input[name=login]', process.env.LINTU_LOGIN)
  await page.fill('input[name=password]', 'x')
  await page.click('button[type=submit]')
  await page.click('button[type=submit]') // consents
  await page.waitForURL(`${server}/api/v1/me`)
  console.log(await page.locator('body').innerText())
} finally {
  await browser.close()
}
