import type { Message } from '../message'
import { getJSON, sendJSON } from './client'
import type { AreaLayer, LonLat } from './types'

/** A node of the class tree, as far as rules are concerned. */
export interface Category {
  code: string
  /** Code; empty at the root. */
  parent: string
  title: Message
  /** The rung on which its cases begin. */
  rung: string
  retired?: boolean
}

export interface Rung {
  rung: string
  title: Message
}

export interface AreaRef {
  layer: AreaLayer
  id: string
  code: string
  name: string
}

export interface Handler {
  kind: 'unit' | 'head' | 'worker'
  id: string
  code?: string
  name?: string
}

/** Which unit must act; what is absent holds for all. */
export interface Rule {
  id: string
  number: number
  category?: string
  area?: AreaRef
  rung?: string
  unit: Handler
  note?: string
  changedAt: string
  /** Its unit or area is no longer there: it holds for nothing. */
  gone?: boolean
}

/** A rule as it is saved. */
export interface RuleDraft {
  category: string
  area: { layer: string; code: string } | null
  rung: string
  unit: { code: string }
  note: string
}

/** A category and a community that no rule is for. */
export interface Uncovered {
  category: string
  area: AreaRef
  /** The locality would answer; else the dispatcher. */
  fallback: boolean
}

export interface Head {
  id: string
  code: string
  name: string
  lon: number
  lat: number
}

/** Where a pin belongs and who must act. */
export interface Routed {
  areas: AreaRef[]
  doubt?: AreaRef[]
  head?: Head
  handler?: Handler
  rule?: Rule
  why: Message
}

const address = '/api/v1/rules'
const at = (id: string) => `${address}/${encodeURIComponent(id)}`

export interface ClassTree {
  categories: Category[]
  rungs: Rung[]
  /** Which years' public holidays are missing that time limits reach. */
  calendarWarning?: Message
}

export async function getClassTree(signal: AbortSignal): Promise<ClassTree> {
  const said = await getJSON<Omit<ClassTree, 'categories'> & { categories: Category[] | null }>('/api/v1/categories', signal)
  return { ...said, categories: said.categories ?? [] }
}

export function getRules(signal: AbortSignal): Promise<{ rules: Rule[]; uncovered: Uncovered[] }> {
  return getJSON(address, signal)
}

export function saveRule(id: string, draft: RuleDraft, signal: AbortSignal): Promise<Rule> {
  return sendJSON('PUT', at(id), draft, signal)
}

export function removeRule(id: string, signal: AbortSignal): Promise<void> {
  return sendJSON('DELETE', at(id), undefined, signal)
}

/** rung "" is the category's own. */
export async function tryRules([lon, lat]: LonLat, accuracyM: number, category: string, rung: string, signal: AbortSignal): Promise<Routed> {
  return (await sendJSON<{ routed: Routed }>('POST', `${address}/try`, { lon, lat, accuracy: accuracyM, category, rung }, signal)).routed
}
