import type { Message } from '../message'
import type { Card, Config, Hit, Item, Items, LayerName } from './types'

/** Why an answer did not come. */
export type Trouble = 'unreachable' | 'signedOut' | 'forbidden' | 'throttled' | 'refused' | 'failed'

/** What a problem says beside its sentence. */
export interface ProblemDetails {
  /** How long to wait before asking again; 0 where the server did not say. */
  retryAfterS: number
  /** Nothing works before the one-time password is changed. */
  mustChange: boolean
}

const noDetails: ProblemDetails = { retryAfterS: 0, mustChange: false }

/** A problem of RFC 9457, or an answer that never came (status 0). */
export class ApiError extends Error {
  constructor(
    readonly trouble: Trouble,
    readonly status: number,
    /** The server's own sentence for the user, where it sent one. */
    readonly text: Message | null = null,
    readonly details: ProblemDetails = noDetails,
  ) {
    super(text?.en ?? `${trouble} (${status})`)
  }
}

function troubleOf(status: number): Trouble {
  if (status === 401) return 'signedOut'
  if (status === 403) return 'forbidden'
  if (status === 429) return 'throttled'
  // A gateway that cannot reach the server speaks for it.
  if (status >= 502 && status <= 504) return 'unreachable'
  return status >= 500 ? 'failed' : 'refused'
}

/** What an answer that is no success means; retryAfter is the header, which the body repeats. */
export function problemOf(status: number, body: string, retryAfter: string | null = null): ApiError {
  let said: { text?: Message; mustChange?: boolean; retryAfter?: number } = {}
  try {
    said = JSON.parse(body) as typeof said
  } catch {
    // not a problem document; the status says enough
  }
  const details = { retryAfterS: Math.max(0, Math.ceil(Number(retryAfter ?? said.retryAfter) || 0)), mustChange: said.mustChange === true }
  return new ApiError(troubleOf(status), status, said.text ?? null, details)
}

/** Whatever was thrown, as a problem that can be told. */
export function asError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('failed', 0)
}

/**
 * Asks the server, and gives up after timeoutMS, or never where that is 0. Rejects with an ApiError, or
 * with the signal's reason when the caller aborted.
 */
export async function request(path: string, signal: AbortSignal, init: RequestInit = {}, timeoutMS = 20_000): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, { ...init, signal: timeoutMS > 0 ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMS)]) : signal })
  } catch (error) {
    if (signal.aborted) throw error
    throw new ApiError('unreachable', 0)
  }
  if (!response.ok) throw problemOf(response.status, await response.text(), response.headers.get('Retry-After'))
  return response
}

export async function getJSON<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await request(path, signal, { headers: { Accept: 'application/json, application/geo+json' } })
  return (await response.json()) as T
}

/** Sends JSON, or nothing; the answer's JSON, or undefined for 204. */
export async function sendJSON<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown, signal: AbortSignal): Promise<T> {
  const init: RequestInit = { method }
  if (body !== undefined) Object.assign(init, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  const response = await request(path, signal, init)
  return (response.status === 204 ? undefined : await response.json()) as T
}

export function getConfig(signal: AbortSignal): Promise<Config> {
  return getJSON('/api/v1/config', signal)
}

export async function search(words: string, limit: number, signal: AbortSignal): Promise<Hit[]> {
  const query = new URLSearchParams({ q: words, limit: String(limit) })
  return (await getJSON<{ hits: Hit[] | null }>(`/api/v1/search?${query}`, signal)).hits ?? []
}

export function getCard(layer: LayerName, id: string, signal: AbortSignal): Promise<Card> {
  return getJSON(`/api/v1/features/${layer}/${encodeURIComponent(id)}`, signal)
}

/** One page of a collection's features. */
export function getItems<P>(layer: LayerName, filter: Record<string, string>, limit: number, signal: AbortSignal): Promise<Items<P>> {
  const query = new URLSearchParams({ ...filter, limit: String(limit) })
  return getJSON(`/ogc/collections/${layer}/items?${query}`, signal)
}

/** The feature itself, with its whole geometry. */
export function getItem<P>(layer: LayerName, id: string, signal: AbortSignal): Promise<Item<P>> {
  return getJSON(`/ogc/collections/${layer}/items/${encodeURIComponent(id)}`, signal)
}
