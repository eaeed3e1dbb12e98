import type { Message } from '../message'
import { getJSON, sendJSON } from './client'

export interface Grant {
  id: string
  role: string
  for: Message
  from: string
  to?: string | null
}

export interface Account {
  id: string
  login: string
  disabled: boolean
  mustChange: boolean
  createdAt: string
  seenAt?: string | null
  grants: Grant[] | null
}

/** What is asked for: a role for "everywhere" or layer/code; times are RFC 3339, null is now and for good. */
export interface NewGrant {
  role: string
  for: string
  from: string | null
  to: string | null
}

const address = '/api/v1/accounts'
const at = (login: string, more = '') => `${address}/${encodeURIComponent(login)}${more}`

export async function getAccounts(signal: AbortSignal): Promise<Account[]> {
  return (await getJSON<{ accounts: Account[] | null }>(address, signal)).accounts ?? []
}

/** The answer has the one-time password, this once. */
export function addAccount(login: string, signal: AbortSignal): Promise<Account & { password: string }> {
  return sendJSON('POST', address, { login }, signal)
}

export function resetPassword(login: string, signal: AbortSignal): Promise<{ password: string }> {
  return sendJSON('POST', at(login, '/reset'), undefined, signal)
}

export function setDisabled(login: string, disabled: boolean, signal: AbortSignal): Promise<Account> {
  return sendJSON('PUT', at(login), { disabled }, signal)
}

export function grantRole(login: string, grant: NewGrant, signal: AbortSignal): Promise<Account> {
  return sendJSON('POST', at(login, '/grants'), grant, signal)
}

export function revokeRole(login: string, grant: string, signal: AbortSignal): Promise<Account> {
  return sendJSON('DELETE', at(login, `/grants/${encodeURIComponent(grant)}`), undefined, signal)
}
