import { getJSON, request, sendJSON } from '../api/client'
import type { Message } from '../message'
import type { Category } from '../field/api'
import type { Place } from '../field/parcel'

/** Whose door it is. */
export interface Plate {
  title: string
  kind: 'head' | 'grid' | 'hall'
  lon: number
  lat: number
}

export interface Step {
  stage: string
  state: string
  at: string
  text: Message
}

/** What a resident sees of a case. */
export interface Followed {
  number: string
  state: string
  title: Message
  reportedAt: string
  due: string
  unit?: string
  steps: Step[]
  acts: string[]
  mergedInto?: string
  mergedState?: string
  /** What the resident has said to “done”. */
  confirmed?: boolean
  satisfaction?: number
}

/** What is sent; the ids are made here, so that it can be sent again. */
export interface Report {
  id: string
  category: string
  note: string
  at: string
  place: Place
  contact: { name: string; phone: string }
  photos: { id: string; type: string; bytes: ArrayBuffer }[]
}

/** The code of the door in the page's address: /door/CODE. */
export function codeOf(path: string): string {
  return decodeURIComponent(path.split('/')[2] ?? '').toUpperCase()
}

export function getPlate(code: string, signal: AbortSignal): Promise<Plate> {
  return getJSON(`/api/v1/door/${encodeURIComponent(code)}`, signal)
}

export async function getChoices(signal: AbortSignal): Promise<{ categories: Category[]; states: { state: string; title: Message }[] }> {
  return getJSON('/api/v1/categories', signal)
}

/** Photos first: the report can then name them. All of it may be sent again. */
export async function send(code: string, report: Report, signal: AbortSignal): Promise<{ number: string; follow: string }> {
  const door = `/api/v1/door/${encodeURIComponent(code)}`
  for (const photo of report.photos) {
    await request(`${door}/photos/${photo.id}`, signal, { method: 'PUT', headers: { 'Content-Type': photo.type }, body: photo.bytes }, 120_000)
  }
  const { id, category, note, at, place, contact, photos } = report
  const reachable = contact.name !== '' || contact.phone !== ''
  return sendJSON('POST', `${door}/cases`, {
    id, category, note, at, ...place, source: 'resident', photos: photos.map((p) => p.id), ...(reachable ? { contact } : {}),
  }, signal)
}

export function follow(code: string, signal: AbortSignal): Promise<Followed> {
  return sendJSON('POST', '/api/v1/follow', { code }, signal)
}

export interface ResidentAct {
  id: string
  act: string
  note?: string
  yes?: boolean
  satisfaction?: number
}

export function act(code: string, action: ResidentAct, signal: AbortSignal): Promise<Followed> {
  return sendJSON('POST', '/api/v1/follow/acts', { code, action }, signal)
}

const key = 'lintu.followed'

/** The codes that this phone was given, the latest first. */
export function knownCodes(): { number: string; code: string }[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? (kept as { number: string; code: string }[]).filter((x) => typeof x?.code === 'string') : []
  } catch {
    return [] // storage may be forbidden
  }
}

export function keepCode(number: string, code: string): void {
  try {
    localStorage.setItem(key, JSON.stringify([{ number, code }, ...knownCodes().filter((x) => x.code !== code)].slice(0, 20)))
  } catch {
    // the code is on the screen
  }
}
