import { getJSON, request, sendJSON } from '../api/client'
import type { PlanFields } from './plan'
import type { Case, CaseEvent, Catalogue, Figures, Heat, Pin, Routed, Similar } from './types'

export function getCatalogue(signal: AbortSignal): Promise<Catalogue> {
  return getJSON('/api/v1/categories', signal)
}

/** The open cases, and the place in the stream from which it tells what changes. */
export async function getPins(signal: AbortSignal): Promise<{ pins: Pin[]; cursor: string }> {
  const { pins, cursor } = await getJSON<{ pins: Pin[] | null; cursor: string }>('/api/v1/pins', signal)
  return { pins: pins ?? [], cursor }
}

export function getFigures(signal: AbortSignal): Promise<Figures> {
  return getJSON('/api/v1/figures', signal)
}

export function getHeat(days: number, signal: AbortSignal): Promise<Heat> {
  return getJSON(`/api/v1/heat?days=${days}`, signal)
}

export function getCase(id: string, signal: AbortSignal): Promise<Case> {
  return getJSON(`/api/v1/cases/${encodeURIComponent(id)}`, signal)
}

export async function getHistory(id: string, signal: AbortSignal): Promise<CaseEvent[]> {
  return (await getJSON<{ events: CaseEvent[] | null }>(`/api/v1/cases/${encodeURIComponent(id)}/events`, signal)).events ?? []
}

/** The numbers of cases by their ids, of those that the viewer is shown. */
export async function getNumbers(ids: readonly string[], signal: AbortSignal): Promise<Map<string, string>> {
  const found = await Promise.allSettled(ids.map((id) => getCase(id, signal)))
  return new Map(found.flatMap((one) => (one.status === 'fulfilled' ? [[one.value.id, one.value.number] as const] : [])))
}

export interface CasePage {
  cases: Case[] | null
  next: string | null
  total: number
}

export function findCases(query: URLSearchParams, signal: AbortSignal): Promise<CasePage> {
  return getJSON(`/api/v1/cases?${query}`, signal)
}

export async function getSimilar(c: Case, signal: AbortSignal): Promise<Similar[]> {
  const query = new URLSearchParams({ lon: String(c.place.lon), lat: String(c.place.lat), category: c.category, but: c.id })
  return (await getJSON<{ similar: Similar[] | null }>(`/api/v1/cases/similar?${query}`, signal)).similar ?? []
}

/** Where the rules would send the case now. */
export async function tryRules(c: Case, signal: AbortSignal): Promise<Routed> {
  const { lon, lat, accuracy } = c.place
  return (await sendJSON<{ routed: Routed }>('POST', '/api/v1/rules/try', { lon, lat, accuracy, category: c.category, rung: c.rung }, signal)).routed
}

/** What somebody wants to do to a case; which fields an act reads stands in docs/workflow.md. */
export interface Action {
  /** Made by whoever acts: sent again, it is answered like the first time. */
  id: string
  act: string
  seq?: number
  note?: string
  handler?: { kind: string; code: string }
  until?: string
  satisfaction?: number
  case?: string
  link?: string
  place?: { lon: number; lat: number; accuracy: number; placed: string }
  phases?: PlanFields['phases']
  helpers?: PlanFields['helpers']
  yes?: boolean
  urgency?: string
  category?: string
  mode?: string
  visibility?: string
}

export async function act(id: string, action: Action, signal: AbortSignal): Promise<Case> {
  return (await sendJSON<{ case: Case }>('POST', `/api/v1/cases/${encodeURIComponent(id)}/acts`, action, signal)).case
}

export interface BulkResult {
  case: string
  ok?: boolean
  error?: { text?: { zh: string; en: string } }
}

/** The same act on up to 200 cases, each by itself. */
export async function actOnMany(cases: readonly string[], action: Action, signal: AbortSignal): Promise<BulkResult[]> {
  return (await sendJSON<{ results: BulkResult[] | null }>('POST', '/api/v1/cases/acts', { cases, action }, signal)).results ?? []
}

/** Opens the stream of what happens; without a timeout, for it has no end. */
export async function openStream(after: string, signal: AbortSignal): Promise<Response> {
  return request(`/api/v1/events?${new URLSearchParams({ after })}`, signal, { headers: { Accept: 'text/event-stream' }, cache: 'no-store' }, 0)
}

/** How to reach the resident: audited, for a purpose. */
export async function unmaskContact(id: string, purpose: string, why: string, signal: AbortSignal): Promise<{ name?: string; phone?: string }> {
  return (await sendJSON<{ contact: { name?: string; phone?: string } }>('POST', `/api/v1/cases/${encodeURIComponent(id)}/contact/unmask`, { purpose, why }, signal)).contact
}
