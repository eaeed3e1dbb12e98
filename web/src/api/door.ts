import { keepOnlyFor } from '../field/account'
import { getJSON, sendJSON } from './client'
import type { Me, Right } from './types'

/** What is shown of an API token. */
export interface Token {
  id: string
  title: string
  only: Right[]
  createdAt: string
  expiresAt: string
  usedAt?: string | null
}

export async function getMe(signal: AbortSignal): Promise<Me> {
  const me = await getJSON<Me>('/api/v1/me', signal)
  if (me.signedIn) await keepOnlyFor(me.login)
  return me
}

export async function signIn(login: string, password: string, signal: AbortSignal): Promise<Me> {
  const me = await sendJSON<Me>('POST', '/api/v1/session', { login, password }, signal)
  await keepOnlyFor(me.login)
  return me
}

export async function signOut(signal: AbortSignal): Promise<void> {
  await sendJSON('DELETE', '/api/v1/session', undefined, signal)
  await keepOnlyFor('')
}

export async function signOutEverywhere(signal: AbortSignal): Promise<void> {
  await sendJSON('DELETE', '/api/v1/sessions', undefined, signal)
  await keepOnlyFor('')
}

/** All other sessions of the account end. */
export function changePassword(old: string, fresh: string, signal: AbortSignal): Promise<Me> {
  return sendJSON('PUT', '/api/v1/password', { old, new: fresh }, signal)
}

export async function getTokens(signal: AbortSignal): Promise<Token[]> {
  return (await getJSON<{ tokens: Token[] | null }>('/api/v1/tokens', signal)).tokens ?? []
}

/** The answer has the secret, this once. */
export function createToken(title: string, only: readonly Right[], days: number, signal: AbortSignal): Promise<Token & { secret: string }> {
  return sendJSON('POST', '/api/v1/tokens', { title, only, days }, signal)
}

export function revokeToken(id: string, signal: AbortSignal): Promise<void> {
  return sendJSON('DELETE', `/api/v1/tokens/${encodeURIComponent(id)}`, undefined, signal)
}
