import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

/** Where the server under test is. */
export const base = (process.env.LINTU_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '')

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The passwords of the demo's accounts by login, which the server printed. */
export const passwords = JSON.parse(process.env.LINTU_ACCOUNTS ?? '{}')

/** WebGL without a graphics card, and no request of the browser's own. */
const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
]

export function launch() {
  return chromium.launch({ executablePath: process.env.LINTU_CHROMIUM ?? '/usr/bin/chromium', args: flags })
}

/**
 * Opens a page, signed in where a login is given, that remembers every request
 * to another origin, every error and every breach of the content security
 * policy: `faults()` lists them. The server is reached at its own address, or through
 * another one that leads to it.
 */
export async function open(browser, { login = '', at = base, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
  if (login) {
    const [name, value] = (await newSession(login)).split('=')
    await context.addCookies([{ name, value, url: at, httpOnly: true, sameSite: 'Strict' }])
  }
  const page = await context.newPage()
  const faults = []
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${at}/`) && !/^(data|blob):/.test(url)) faults.push(`asked another origin: ${url}`)
  })
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  return { page, context, faults: () => faults, close: () => context.close() }
}

/** Signs in as a program would, and returns the cookie. */
export async function newSession(login) {
  const response = await fetch(`${base}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login, password: passwords[login] }),
  })
  check(response.ok, `${login} cannot sign in: ${response.status}; LINTU_ACCOUNTS has the passwords by login`)
  return response.headers.getSetCookie()[0].split(';')[0]
}

const sessions = new Map()

/** Fetches as somebody, by default one who sees every household. */
export async function json(path, login = 'viewer') {
  if (!sessions.has(login)) sessions.set(login, newSession(login))
  const response = await fetch(base + path, { headers: { Cookie: await sessions.get(login) } })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

export function check(condition, sentence) {
  if (!condition) throw new Error(sentence)
}

/** Fails with every rule of accessibility that the page breaks. */
export async function checkAccessible(page, name) {
  // Runs in the tester's world: a script tag would be refused by the page's policy.
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  const list = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} (${n.failureSummary?.split('\n')[1]?.trim()})`))
  check(list.length === 0, `${name} is not accessible:\n  ${list.join('\n  ')}`)
}

/** In both themes of a page for the desk. */
export async function checkBothThemes(page, name) {
  for (const other of ['夜间', '日间']) {
    await checkAccessible(page, name)
    await page.getByRole('button', { name: other, exact: true }).click()
  }
}

/** Fills the form for signing in that the page shows. */
export async function fillSignIn(page, login, password = passwords[login]) {
  const form = page.locator('[data-form=sign-in]')
  await form.getByLabel('账号').fill(login)
  await form.getByLabel('密码').fill(password)
  await form.getByRole('button', { name: '登录' }).click()
}

export const drawn = (page) => page.waitForSelector('[data-idle=true]', { timeout: 120_000 })
