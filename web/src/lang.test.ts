import { expect, test } from 'vitest'
import { fill, pickLang, sayIn } from './lang'
import { messages } from './messages'

test('the address wins over what was stored, and Chinese is the default', () => {
  expect(pickLang('?lang=en', 'zh')).toBe('en')
  expect(pickLang('?lang=en-GB', null)).toBe('en')
  expect(pickLang('', 'en')).toBe('en')
  expect(pickLang('', null)).toBe('zh')
  expect(pickLang('?lang=fr', null)).toBe('zh')
})

test('holes are filled, unknown ones stay visible', () => {
  expect(fill('{n} 户 {x}', { n: 13 })).toBe('13 户 {x}')
  expect(sayIn('en')('errorServer', { status: 500 })).toContain('(500)')
})

const holes = (s: string) => [...s.matchAll(/\{\w+\}/g)].map(String).sort()

test.each(Object.entries(messages))('%s is complete in both languages', (_key, text) => {
  expect(text.zh.trim()).not.toBe('')
  expect(text.en.trim()).not.toBe('')
  expect(holes(text.en)).toEqual(holes(text.zh))
})
