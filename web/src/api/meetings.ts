import type { Place } from '../field/parcel'
import { getJSON, sendJSON } from './client'
import type { AreaRef } from './types'

/** A way out that residents proposed. */
export interface Option {
  text: string
  votes?: number
  agreed?: boolean
}

/** One matter of a ledger. */
export interface LedgerRow {
  id: string
  /** Within the meeting, from 1. */
  number: number
  at: string
  urgency: string
  text: string
  category?: string
  /** Where it is, if not where the meeting is. */
  place?: Place | null
  options?: Option[] | null
  /** Given on the spot. */
  answer?: string
  /** The case that it became; only the server says so, as the two below. */
  case?: string
  caseNumber?: string
  state?: string
  /** Of a row that was read out again: the row that was raised then. */
  from?: string
  feedback?: string
  /** Its case is not for this viewer to see: there is the number, and no more. */
  hidden?: boolean
}

export interface Meeting {
  id: string
  title: string
  lon: number
  lat: number
  venue: string
  areas: AreaRef[] | null
  startsAt: string
  endedAt?: string
  /** A post, not a person's name. */
  host: string
  attendees: number
  units: string[] | null
  rows: LedgerRow[]
  /** Counts the changes; 0 before the first. */
  seq: number
}

const path = '/api/v1/meetings'

/** The newest first, without their rows. */
export async function getMeetings(signal: AbortSignal): Promise<Meeting[]> {
  return (await getJSON<{ meetings: Meeting[] | null }>(`${path}?limit=200`, signal)).meetings ?? []
}

export const getMeeting = (id: string, signal: AbortSignal): Promise<Meeting> => getJSON(`${path}/${id}`, signal)

/** Refused with 409 if somebody has changed the meeting since its seq. */
export const saveMeeting = (meeting: Meeting, signal: AbortSignal): Promise<Meeting> => sendJSON('PUT', `${path}/${meeting.id}`, meeting, signal)

/** Makes a case of a row; asked for again, it is the same case. */
export const rowToCase = (meeting: string, row: string, signal: AbortSignal): Promise<unknown> => sendJSON('POST', `${path}/${meeting}/rows/${row}/case`, undefined, signal)

/** What earlier meetings around left open. */
export async function getOpenRows(meeting: string, signal: AbortSignal): Promise<LedgerRow[]> {
  return (await getJSON<{ rows: LedgerRow[] | null }>(`${path}/${meeting}/open`, signal)).rows ?? []
}
