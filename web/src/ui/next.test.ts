import { expect, test } from 'vitest'
import { loginAddress, nextIn } from './next'

const origin = 'https://map.example.cn'
const next = (wish: string) => nextIn(`?${new URLSearchParams({ next: wish })}`, origin)

test('after signing in one goes on only within this server', () => {
  expect(next('/wall?lang=en#map=12/28/113')).toBe('/wall?lang=en#map=12/28/113')
  for (const bad of ['', 'wall', '//evil.example', '/\\evil.example', '/\t/evil.example', 'https://evil.example/', 'javascript:alert(1)', '/login?next=/login']) {
    expect(next(bad), bad).toBe('/')
  }
  expect(nextIn('', origin)).toBe('/')
})

test('the way to sign in leads back to where one is', () => {
  const there = { pathname: '/wall', search: '?lang=en', hash: '#theme=day&pick=heads/7' }
  expect(nextIn(new URL(loginAddress(there), origin).search, origin)).toBe('/wall?lang=en#theme=day&pick=heads/7')
})
