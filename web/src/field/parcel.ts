import type { AreaRef, LonLat } from '../api/types'
import type { Message } from '../message'

/** How a position was found. */
export type Placed = 'gps' | 'map' | 'photo'

export interface Place {
  lon: number
  lat: number
  /** Radius in metres; 0 is exact. */
  accuracy: number
  placed: Placed
}

export const lonLatOf = (place: Place): LonLat => [place.lon, place.lat]

/** What a report says, beside its id and its photos. */
export interface ReportBody extends Place {
  category: string
  /** When it was seen, by the phone's clock, RFC 3339. */
  at: string
  note: string
  urgency?: string
  source: 'patrol'
  contact?: { name: string; phone: string }
}

/** What an act on a case says, beside its id and its photos. */
export interface ActBody {
  act: string
  note?: string
  [input: string]: unknown
}

/** Why the server will not take a parcel as it is. */
export interface Refusal {
  status: number
  /** The server's own sentence. */
  text: Message | null
  /** Its id is taken by something else: it can only go out under a new one. */
  taken: boolean
}

interface Common {
  /** Made here when it was written, and never another: the server knows a parcel again by it. */
  id: string
  /** The case it is about; a report's own id. */
  caseID: string
  photos: string[]
  madeAt: number
  state: 'waiting' | 'sent' | 'refused'
  /** How often it was tried without an answer that settles it. */
  tries: number
  /** Not before this, in Unix milliseconds. */
  notBefore: number
  refusal: Refusal | null
  sentAt: number
  /** The case's number, once the server has given it. */
  number: string
}

export interface Report extends Common {
  kind: 'report'
  body: ReportBody
  /** The area that the server took it for. */
  area: AreaRef | null
  /** Where else it may have been, as far as its accuracy tells. */
  doubt: AreaRef[]
}

export interface CaseAct extends Common {
  kind: 'act'
  body: ActBody
}

/** One thing on its way to the server. */
export type Parcel = Report | CaseAct

/** A picture, made small already. */
export interface Photo {
  id: string
  /** The parcel it belongs to; empty while it is in the draft. */
  parcel: string
  type: string
  bytes: ArrayBuffer
  /** When the server had it; it keeps pictures that no case takes for a day only. */
  sentAt: number
}

const fresh = { state: 'waiting', tries: 0, notBefore: 0, refusal: null, sentAt: 0, number: '' } as const

export function newReport(id: string, body: ReportBody, photos: string[], now: number): Report {
  return { ...fresh, kind: 'report', id, caseID: id, body, photos, madeAt: now, area: null, doubt: [] }
}

export function newAct(id: string, caseID: string, body: ActBody, photos: string[], now: number): CaseAct {
  return { ...fresh, kind: 'act', id, caseID, body, photos, madeAt: now }
}
