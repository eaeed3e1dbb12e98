import type { Message } from '../message'
import { getJSON, request } from './client'

export interface AuditEntry {
  seq: number
  at: string
  actor: string
  /** Of the account, where the actor is one that is still known. */
  login?: string
  /** Address of the client. */
  from?: string
  act: string
  kind: string
  id?: string | null
  why?: string
  detail?: unknown
  /** SHA-256 over this entry and the hash before it. */
  hash: string
}

export interface AuditPage {
  entries: AuditEntry[]
  next: number | null
}

export interface AuditHead {
  seq: number
  hash: string
}

export interface VerifyJob {
  state: 'running' | 'done' | 'failed'
  done: number
  total: number
  error: { status: number; text: Message } | null
}

export interface Verification {
  job: VerifyJob | null
  head: AuditHead | null
}

const address = '/api/v1/audit'

export async function getAudit(query: URLSearchParams, signal: AbortSignal): Promise<AuditPage> {
  const page = await getJSON<{ entries: AuditEntry[] | null; next: number | null }>(`${address}?${query}`, signal)
  return { entries: page.entries ?? [], next: page.next }
}

export const csvAddress = (query: URLSearchParams): string => `${address}.csv?${query}`

export async function startVerify(signal: AbortSignal): Promise<Verification> {
  return (await (await request(`${address}/verify`, signal, { method: 'POST' })).json()) as Verification
}

export function getVerify(signal: AbortSignal): Promise<Verification> {
  return getJSON(`${address}/verify`, signal)
}
