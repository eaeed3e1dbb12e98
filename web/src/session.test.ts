import { expect, test } from 'vitest'
import { ApiError } from './api/client'
import type { Me } from './api/types'
import { createSession } from './session'

const me = (login: string): Me => ({ signedIn: login !== '', login, mustChange: false, sso: false, rights: [], roles: [], pages: [] })
const never = new AbortController().signal

function setup(login = 'wang') {
  const seen = { anew: 0, now: me(login) }
  const session = createSession(() => seen.anew++, () => Promise.resolve(seen.now))
  return { session, seen }
}

test('what was asked when the session ended is asked again after the next sign-in', async () => {
  const { session } = setup()
  await session.load()
  let tries = 0
  const answer = session.keeping(never, () => (++tries === 1 ? Promise.reject(new ApiError('signedOut', 401)) : Promise.resolve('kept')))
  await new Promise<void>((resolve) => session.store.subscribe((state) => state.ended && resolve()))
  expect(tries).toBe(1)
  session.accept(me('wang'))
  expect(await answer).toBe('kept')
  expect(session.store.get().ended).toBe(false)
})

test('an upload that breaks off waits only if the session has ended', async () => {
  const { session, seen } = setup()
  await session.load()
  await expect(session.keeping(never, () => Promise.reject(new ApiError('unreachable', 0)))).rejects.toMatchObject({ trouble: 'unreachable' })
  seen.now = me('')
  const leaving = new AbortController()
  const answer = session.keeping(leaving.signal, () => Promise.reject(new ApiError('unreachable', 0)))
  await new Promise<void>((resolve) => session.store.subscribe((state) => state.ended && resolve()))
  leaving.abort(new Error('left'))
  await expect(answer).rejects.toThrow('left')
})

test('other refusals are not waited for', async () => {
  const { session } = setup()
  await expect(session.keeping(never, () => Promise.reject(new ApiError('forbidden', 403)))).rejects.toMatchObject({ status: 403 })
  expect(session.store.get().ended).toBe(false)
})

test('somebody else does not go on with what the one before began', async () => {
  const { session, seen } = setup()
  await session.load()
  const leaving = new AbortController()
  const answer = session.keeping(leaving.signal, () => Promise.reject(new ApiError('signedOut', 401)))
  await new Promise<void>((resolve) => session.store.subscribe((state) => state.ended && resolve()))
  session.accept(me('li'))
  expect(seen.anew).toBe(1)
  expect(session.store.get().ended).toBe(true)
  leaving.abort(new Error('left'))
  await expect(answer).rejects.toThrow('left')
})
