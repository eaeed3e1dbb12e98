import { base, check, checkAccessible, checkBothThemes, open } from './browser.mjs'

export const name = 'rules'

const at = (page) => page.locator('[aria-label=试派地图]').last()
const routed = (page) => page.locator('[data-routed]').getAttribute('data-routed')

async function answered(page) {
  await page.locator('[data-routed]:not([data-routed=""])').waitFor()
}

/** The bench says where a pin would go, and why. */
async function tries(page) {
  await page.locator('[data-rule]').first().waitFor()
  await page.locator('[data-idle=true]').waitFor()
  const bench = page.getByRole('region', { name: '试一试' })
  await bench.getByRole('combobox', { name: '类别', exact: true }).selectOption('B0501')
  await page.getByRole('button', { name: '试地图中心' }).click()
  await answered(page)
  await bench.getByText('派给 集里街道住房和城乡建设站').waitFor()
  await bench.getByText(/规则 \d+：房屋与构筑物（B05）/).waitFor()
  const { width, height } = await at(page).boundingBox()
  await at(page).click({ position: { x: width * 0.55, y: height * 0.45 } })
  await bench.getByText('派给 集里街道住房和城乡建设站').waitFor()
  await bench.getByRole('combobox', { name: '类别', exact: true }).selectOption('B0106')
  await bench.getByText('派给 演示供电所').waitFor()
  await bench.getByRole('combobox', { name: '类别', exact: true }).selectOption('S0801')
  await bench.getByText(/属地兜底/).waitFor()
  await bench.getByRole('slider').fill('500')
  await bench.getByText('定位误差：500 米').waitFor()
  await page.locator('[data-doubt]').waitFor()
  await checkBothThemes(page, '/rules with a pin')
}

/** A cell that nobody covers makes a rule, which the bench then follows. */
async function fillsAGap(page) {
  const before = Number(await page.locator('[data-gaps]').getAttribute('data-gaps'))
  await page.locator('[data-branch=S06] summary').click()
  await page.getByRole('button', { name: '属地 · 邻里纠纷 · 神仙坳社区：新建规则' }).click()
  const form = page.locator('[data-form=rule]')
  await form.locator('[data-place^="communities/"]').waitFor()
  await form.getByRole('button', { name: '保存' }).click()
  await form.getByRole('alert').getByText('请选择责任单位').waitFor()
  await form.getByLabel('单位的名称或代码').fill('司法所')
  await form.getByRole('button', { name: /集里司法所/ }).first().click()
  await checkAccessible(page, '/rules while making a rule')
  await form.getByRole('button', { name: '保存' }).click()
  await form.waitFor({ state: 'detached' })
  await page.locator(`[data-gaps="${before - 1}"]`).waitFor()
}

/** It is found, changed and removed again. */
async function changes(page) {
  await page.getByRole('searchbox', { name: /按编号/ }).fill('邻里纠纷 神仙坳')
  await page.getByText(/找到 1 条/).waitFor()
  const rule = page.locator('[data-rule]')
  await rule.getByRole('button', { name: /修改规则/ }).click()
  const form = page.locator('[data-form=rule]')
  await form.getByLabel('备注').fill('先到司法所')
  await form.getByRole('button', { name: '保存' }).click()
  await rule.getByText('先到司法所').waitFor()
  await rule.getByRole('button', { name: /删除规则/ }).click()
  await checkAccessible(page, '/rules before removing')
  await page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
  await page.getByText(/找到 0 条/).waitFor()
}

/** A second rule for the same is refused with the number of the first. */
async function refusesTwins(page) {
  const form = page.locator('[data-form=rule]')
  await page.getByRole('button', { name: '新建规则', exact: true }).click()
  await form.getByRole('combobox', { name: '类别', exact: true }).selectOption('B05')
  await form.getByLabel('单位的名称或代码').fill('司法所')
  await form.getByRole('button', { name: /集里司法所/ }).first().click()
  await form.getByRole('button', { name: '保存' }).click()
  await form.getByRole('alert').getByText(/规则 \d+ 已经规定/).waitFor()
  await form.getByRole('button', { name: '返回' }).click()
}

async function fitsAPhone(browser) {
  const phone = await open(browser, { login: 'planner', viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true })
  const { page } = phone
  await page.goto(`${base}/rules?lang=en`)
  await page.locator('[data-idle=true]').waitFor()
  await page.getByRole('button', { name: 'Try the middle of the map' }).click()
  await answered(page)
  await page.getByRole('button', { name: 'Make a rule', exact: true }).click()
  await page.locator('[data-form=rule]').waitFor()
  await page.locator('[data-branch=S06] summary').click()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  check(wide <= 360, `the phone page is ${wide} px wide`)
  await checkAccessible(page, '/rules on a phone')
  await phone.close()
}

/** Who may not manage rules is told so. */
async function isForbidden(browser) {
  const other = await open(browser, { login: 'viewer' })
  await other.page.goto(`${base}/rules`)
  await other.page.getByRole('alert').waitFor()
  check((await other.page.locator('[data-rule]').count()) === 0, 'a viewer is shown the rules')
  await other.close()
}

export async function run(browser) {
  const { page, faults, close } = await open(browser, { login: 'planner' })
  await page.goto(`${base}/rules`)
  await tries(page)
  check((await routed(page)) !== 'nobody', 'a need in town has nobody')
  await fillsAGap(page)
  await changes(page)
  check(faults().length === 0, faults().join('\n'))
  await refusesTwins(page)
  await close()
  await fitsAPhone(browser)
  await isForbidden(browser)
}
