import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { messages } from './messages'

const root = import.meta.dirname
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(svelte|ts)$/.test(name) && !name.endsWith('.test.ts') && !name.endsWith('messages.ts'))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))

test('no page writes Chinese outside the catalogue', () => {
  const strays = sources.flatMap(({ name, text }) =>
    text
      .replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|\/\/.*$/gm, '')
      .split('\n')
      .filter((line) => /\p{Script=Han}/u.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  )
  expect(strays).toEqual([])
})

test('every key that a page asks for exists, and every message is used', () => {
  const all = sources.map((s) => s.text).join('\n')
  const asked = [...all.matchAll(/\bsay\(\s*'(\w+)'/g)].map((hit) => hit[1] ?? '')
  expect(asked.filter((key) => !(key in messages))).toEqual([])
  const unused = Object.keys(messages).filter((key) => !new RegExp(`['.\`]${key}\\b`).test(all))
  expect(unused).toEqual([])
})
