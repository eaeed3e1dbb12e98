import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const binary = process.env.LINTU_BIN ?? join(import.meta.dirname, '../../bin/lintu')

/**
 * Runs a demo of its own, with at least so many open cases, and tells the rest of e2e of
 * it: import browser.mjs afterwards. `again` stops the server and serves the same data
 * anew, with nothing in its caches.
 */
export async function startDemo(openCases) {
  const data = mkdtempSync(join(tmpdir(), 'lintu-wall-'))
  chmodSync(data, 0o711) // the database's user passes through
  let { child, url, said } = await run(data, '127.0.0.1:0', ['demo', '--open', String(openCases)])
  const words = [...said.matchAll(/^(\S+)\s+([2-9a-z]{5}(?:-[2-9a-z]{5}){3})\s/gm)]
  process.env.LINTU_URL = url
  process.env.LINTU_ACCOUNTS = JSON.stringify(Object.fromEntries(words.map(([, login, password]) => [login, password])))
  return {
    async again() {
      await end(child)
      ;({ child } = await run(data, new URL(url).host, ['serve']))
    },
    async stop() {
      await end(child)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Resolves when the server says where the map is. */
function run(data, address, words) {
  const child = spawn(binary, words, { env: { ...process.env, LINTU_DATA: data, LINTU_ADDR: address, LINTU_LANG: 'en' }, stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (part) => {
      said += part
      const [url] = said.match(/http:\/\/127\.0\.0\.1:\d+/) ?? []
      if (url) resolve({ child, url, said })
    })
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`lintu ${words[0]} ended with ${code} before it was ready`)))
  })
}

function end(child) {
  return new Promise((resolve) => {
    child.on('exit', resolve)
    child.kill('SIGTERM')
  })
}
