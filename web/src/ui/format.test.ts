import { expect, test } from 'vitest'
import { ApiError } from '../api/client'
import { sayIn } from '../lang'
import { formatAge, formatCount, formatDay, formatMetres, formatTime } from './format'
import { troubleText } from './trouble'

const zh = sayIn('zh')
const en = sayIn('en')

test('counts, days and times as readers write them', () => {
  expect(formatCount(47000, 'zh')).toBe('47,000')
  expect(formatDay(new Date(2026, 0, 2), 'zh')).toBe('2026年1月2日')
  expect(formatDay(new Date(2026, 0, 2), 'en')).toBe('2 January 2026')
  expect(formatTime(new Date(2026, 0, 2, 8, 5))).toBe('08:05')
})

test('ages and distances change their unit', () => {
  expect(formatAge(4200, zh)).toBe('4 秒前')
  expect(formatAge(190_000, en)).toBe('3 minutes ago')
  expect(formatAge(7_300_000, zh)).toBe('2 小时前')
  expect(formatMetres(500, zh)).toBe('500 米')
  expect(formatMetres(2000, en)).toBe('2 km')
})

test("the server's own sentence comes first", () => {
  expect(troubleText(new ApiError('refused', 404, { zh: '没有', en: 'none' }), 'zh', zh)).toBe('没有')
  expect(troubleText(new ApiError('forbidden', 403), 'en', en)).toContain('may not')
  expect(troubleText(new ApiError('failed', 500), 'zh', zh)).toContain('500')
})
