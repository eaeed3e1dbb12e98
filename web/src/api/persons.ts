import { getJSON, sendJSON } from './client'

/** Whose personal data there is. */
export type PersonLayer = 'households' | 'heads'

/** A person as shown before anybody has stated a purpose. */
export interface Masked {
  name?: string
  phone?: string
  members?: number
  needs: number
  note: boolean
}

export interface MaskedPerson {
  layer: PersonLayer
  /** Of the household or head. */
  id: string
  code: string
  title: string
  person: Masked
  since: string
}

export interface Person {
  name?: string
  phone?: string
  members?: number
  needs?: string[]
  note?: string
}

const at = (layer: PersonLayer, id: string) => `/api/v1/features/${layer}/${encodeURIComponent(id)}/person`

export function getPerson(layer: PersonLayer, id: string, signal: AbortSignal): Promise<MaskedPerson> {
  return getJSON(at(layer, id), signal)
}

/** The person in full, and how many more may be read today. */
export function unmask(layer: PersonLayer, id: string, purpose: string, why: string, signal: AbortSignal): Promise<{ person: Person; left: number }> {
  return sendJSON('POST', `${at(layer, id)}/unmask`, { purpose, why }, signal)
}

/** What is searched for travels in the body, never in an address. */
export async function findPersons(name: string, phone: string, signal: AbortSignal): Promise<MaskedPerson[]> {
  return (await sendJSON<{ persons: MaskedPerson[] | null }>('POST', '/api/v1/persons/search', { name, phone }, signal)).persons ?? []
}
