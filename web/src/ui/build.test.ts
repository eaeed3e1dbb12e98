import { expect, test } from 'vitest'
import { watchBuild } from './build'

test('only another tag is another build', async () => {
  let answer: () => Promise<Response> = () => Promise.resolve(new Response('', { headers: { ETag: '"a"' } }))
  const isNew = watchBuild('/wall', () => answer())
  expect(await isNew()).toBe(false)
  answer = () => Promise.reject(new Error('away'))
  expect(await isNew()).toBe(false)
  answer = () => Promise.resolve(new Response('', { status: 502 }))
  expect(await isNew()).toBe(false)
  answer = () => Promise.resolve(new Response('', { headers: { ETag: '"b"' } }))
  expect(await isNew()).toBe(true)
})
