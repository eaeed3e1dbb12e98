import { base, check, checkAccessible, checkBothThemes, fillSignIn, open } from './browser.mjs'

export const name = 'accounts'

const login = `e2e.${Date.now().toString(36)}`
const chosen = 'lamp orchard seven bridges'

async function addsAnAccount(page) {
  await page.goto(`${base}/accounts`)
  await page.locator('[data-account=viewer]').waitFor()
  await checkBothThemes(page, '/accounts')
  await page.getByLabel('账号名').fill(login)
  await page.getByRole('button', { name: '新建', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await checkAccessible(page, '/accounts with a one-time password')
  const password = await dialog.getByLabel('一次性密码').inputValue()
  await dialog.getByRole('button', { name: '我已记下' }).click()
  check(!(await page.content()).includes(password), 'the one-time password stays on the page')
  return password
}

async function grants(page) {
  const account = page.locator(`[data-account="${login}"]`)
  const form = account.locator('[data-form=grant]')
  await form.getByLabel('角色').selectOption('grid_worker')
  await form.getByLabel('区域的名称或代码').fill('神仙坳社区')
  await form.getByLabel('哪一级').selectOption('communities')
  await form.getByRole('button', { name: /神仙坳社区/ }).first().click()
  await form.locator('[data-place^="communities/"]').waitFor()
  await checkAccessible(page, '/accounts while granting a role')
  await form.getByRole('button', { name: '授予' }).click()
  await account.getByRole('button', { name: /收回 网格员/ }).waitFor()
}

/** A one-time password opens nothing before it is changed. */
async function signsInFirst(browser, password) {
  const { page, close } = await open(browser)
  await page.goto(`${base}/wall`)
  await page.getByRole('link', { name: '登录', exact: true }).click()
  await fillSignIn(page, login, password)
  const form = page.locator('[data-form=password]')
  await form.getByText('12 到 128 个字符').waitFor()
  await checkAccessible(page, '/login with a one-time password')
  await page.goto(`${base}/wall`)
  await page.getByRole('alert').getByRole('heading', { name: '请先更改密码' }).waitFor()
  await page.getByRole('link', { name: '更改密码' }).click()
  await form.getByLabel('一次性密码').fill(password)
  for (const [wish, fine] of [['password1234', false], [chosen, true]]) {
    await form.getByLabel('新密码', { exact: true }).fill(wish)
    await form.getByLabel('再输一次新密码').fill(wish)
    await form.getByRole('button', { name: '更改密码' }).click()
    if (!fine) await form.getByRole('alert').waitFor()
  }
  await page.waitForURL(/\/wall/)
  await page.getByRole('button', { name: `账号菜单：${login}` }).waitFor()
  await page.locator('[data-figure=households]').waitFor()
  return { page, close }
}

/** A role that is revoked is gone at the next request, and so is a disabled account. */
async function takesBack(page, theirs) {
  const account = page.locator(`[data-account="${login}"]`)
  await account.getByRole('button', { name: /收回 网格员/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: '收回' }).click()
  await account.getByText('还没有角色').waitFor()
  await theirs.reload()
  await theirs.getByRole('button', { name: `账号菜单：${login}` }).waitFor()
  check((await theirs.locator('[data-figure=households]').count()) === 0, 'a revoked role still shows households')
  await account.getByRole('button', { name: '停用' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '停用' }).click()
  await account.getByText('已停用').waitFor()
  await theirs.reload()
  await theirs.getByRole('link', { name: '登录', exact: true }).waitFor()
}

async function fitsAPhone(browser) {
  const phone = await open(browser, { login: 'admin', viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true })
  await phone.page.goto(`${base}/accounts?lang=en`)
  await phone.page.locator('[data-account=viewer] h3 button').click()
  await phone.page.locator('[data-form=grant]').waitFor()
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 360, `the phone page is ${wide} px wide`)
  await checkAccessible(phone.page, '/accounts on a phone')
  await phone.close()
}

export async function run(browser) {
  const { page, faults, close } = await open(browser, { login: 'admin' })
  const password = await addsAnAccount(page)
  await grants(page)
  const theirs = await signsInFirst(browser, password)
  await takesBack(page, theirs.page)
  check(faults().length === 0, faults().join('\n'))
  await theirs.close()
  await close()
  await fitsAPhone(browser)
}
