import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

/** Where the server under test is. */
export const base = (process.env.LINTU_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '')

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** WebGL without a graphics card, and no request of the browser's own. */
const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
]

export function launch() {
  return chromium.launch({ executablePath: process.env.LINTU_CHROMIUM ?? '/usr/bin/chromium', args: flags })
}

/**
 * Opens a page that remembers every request to another origin, every error and
 * every breach of the content security policy: `faults()` lists them.
 */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const faults = []
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${base}/`) && !/^(data|blob):/.test(url)) faults.push(`asked another origin: ${url}`)
  })
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  return { page, faults: () => faults, close: () => context.close() }
}

export async function json(path) {
  const response = await fetch(base + path)
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

export const drawn = (page) => page.waitForSelector('[data-idle=true]', { timeout: 120_000 })
