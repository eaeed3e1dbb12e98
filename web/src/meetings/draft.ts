import type { LedgerRow, Meeting, Option } from '../api/meetings'
import type { Place } from '../field/parcel'
import { newID } from '../field/uuid'

/** A row while it is being typed. */
export interface Draft {
  text: string
  /** "" before one is chosen. */
  urgency: string
  category: string
  /** null where it is where the meeting is. */
  place: Place | null
  options: Option[]
}

export const blank: Draft = { text: '', urgency: '', category: '', place: null, options: [] }

const meant = (options: readonly Option[]): Option[] => options.filter((o) => o.text.trim() !== '').map((o) => ({ ...o, text: o.text.trim() }))

export const isBlank = (draft: Draft): boolean => draft.text.trim() === '' && draft.urgency === '' && draft.category === '' && !draft.place && meant(draft.options).length === 0

export const isReady = (draft: Draft): boolean => draft.text.trim() !== '' && draft.urgency !== ''

export const draftOf = (row: LedgerRow): Draft => ({ text: row.text, urgency: row.urgency, category: row.category ?? '', place: row.place ?? null, options: (row.options ?? []).map((o) => ({ ...o })) })

/** The part of a row that a draft says. */
export const written = (draft: Draft) => ({ text: draft.text.trim(), urgency: draft.urgency, category: draft.category, place: draft.place ?? null, options: meant(draft.options) })

export function newRow(draft: Draft, number: number, now: Date): LedgerRow {
  return { id: newID(now.getTime()), number, at: now.toISOString(), ...written(draft) }
}

/** What was said today about a row that was read out. */
export function feedbackOn(row: LedgerRow, feedback: string, number: number, now: Date): LedgerRow {
  return { id: newID(now.getTime()), number, at: now.toISOString(), urgency: row.urgency, text: row.text, category: row.category ?? '', from: row.id, feedback: feedback.trim() }
}

/** A meeting that no server knows yet. */
export const unknown = (id: string): Meeting => ({ id, title: '', lon: 0, lat: 0, venue: '', areas: [], startsAt: '', host: '', attendees: 0, units: [], rows: [], seq: 0 })

/** Names of units as somebody writes them in one line. */
export const unitsOf = (line: string): string[] => line.split(/[、,，;；\n]/).map((name) => name.trim()).filter((name) => name !== '')

/** The place in words: street, community and what the people there call it. */
export const placeOf = ({ areas, venue }: Meeting): string =>
  [...(areas ?? []).filter((area) => area.layer === 'streets' || area.layer === 'communities').map((area) => area.name), venue].filter((name) => name !== '').join(' ')
