/** The shapes of cases in the server's JSON; see docs/api.md, "Cases" and "Live". */
import type { AreaRef, HeadRef, LayerName } from '../api/types'
import type { Message } from '../message'

export type State =
  | 'reported' | 'filed' | 'dispatched' | 'in_progress' | 'return_asked' | 'extension_asked' | 'suspension_asked'
  | 'suspended' | 'done' | 'closed' | 'evaluated' | 'declined' | 'merged'
export type Urgency = 'urgent' | 'hard' | 'worrying' | 'hoped_for'
export type Class = 'component' | 'event'

/** What the map shows of a case: no words of anybody. Times are RFC 3339. */
export interface Pin {
  id: string
  number: string
  /** The greater one is the later. */
  seq: number
  lon: number
  lat: number
  category: string
  state: State
  urgency: Urgency
  rung: string
  /** Ids of the areas it fell in, wide to narrow. */
  areas: string[] | null
  /** Who has it. */
  unit?: string
  reportedAt: string
  since: string
  /** While the clock runs. */
  due?: string | null
  late?: boolean
  /** The last thing that happened to it, and when. */
  act?: string
  at: string
  /** Nobody could answer for its handler when this was told: the dispatcher must send it on. */
  unanswered?: boolean
}

export interface Category {
  code: string
  /** Code; empty at the root. */
  parent: string
  class: Class
  title: Message
  icon: string
  urgency: Urgency
  usual?: boolean
  retired?: boolean
}

/** What the words and drawings of cases are made from. */
export interface Catalogue {
  categories: Category[]
  states: { state: State; title: Message; stage: string }[]
  stages: { stage: string; title: Message }[]
  acts: { act: string; title: Message }[]
  urgencies: { urgency: Urgency; title: Message }[]
  rungs: { rung: string; title: Message }[]
  sources: { source: string; title: Message }[]
  version: string
}

export interface Handler {
  kind: 'unit' | 'head' | 'worker'
  id: string
  code?: string
  name?: string
}

export interface Phase {
  title: string
  unit?: Handler | null
  until?: string | null
  doneAt?: string | null
}

export interface CaseClock {
  state: 'running' | 'stopped' | 'ended'
  from: string
  due: string
  warned: number
  lateAt?: string | null
}

/** A case; of those who see its outline only, no more than the first part is there. */
export interface Case {
  id: string
  number: string
  state: State
  category: string
  place: { lon: number; lat: number; accuracy: number; placed: string }
  areas: AreaRef[] | null
  clock: CaseClock
  reportedAt: string
  since: string
  acts: string[] | null

  seq: number
  source?: string
  urgency?: Urgency
  rung?: string
  mode?: string
  visibility?: string
  note?: string
  doubt?: AreaRef[] | null
  head?: HeadRef | null
  handler?: Handler | null
  why?: Message | null
  helpers?: Handler[] | null
  phases?: Phase[] | null
  returns?: number
  supervised?: number
  until?: string | null
  outcome?: string
  photos?: { id: string; seq: number }[] | null
  links?: Link[] | null
  satisfaction?: number
  confirmed?: boolean | null
  contact?: boolean
  /** Why nobody can answer for its handler. */
  unanswered?: Message | null
}

export interface CaseEvent {
  id: string
  case: string
  seq: number
  at: string
  as: string
  act: string
  from?: State
  to: State
  note?: string
  photos?: string[] | null
  set?: Patch
}

/** What an event has changed, as far as people are told of it; what is missing stays as it was. */
export interface Patch {
  category?: string
  source?: string
  urgency?: Urgency
  rung?: string
  mode?: string
  visibility?: string
  place?: Case['place']
  areas?: AreaRef[] | null
  handler?: Handler | null
  /** Nobody has it any more. */
  noHandler?: boolean
  why?: Message | null
  helpers?: Handler[] | null
  phases?: Phase[] | null
  returns?: number
  supervised?: number
  until?: string | null
  outcome?: string
  /** What the system says of another case. */
  told?: Message | null
  link?: Link | null
  unlink?: Link | null
  clock?: CaseClock | null
  onTime?: boolean | null
  confirmed?: boolean | null
  satisfaction?: number
}

export interface Link {
  kind: 'duplicate_of' | 'caused_by' | 'part_of'
  case: string
}

export interface AreaFigures extends AreaRef {
  layer: LayerName
  open: number
  late: number
  today: number
  onTime: number
}

/** The wall's numbers, over the cases that the viewer sees. */
export interface Figures {
  asOf: string
  open: number
  late: number
  byArea: AreaFigures[] | null
  closed: number
  /** Share of those closed, 0 to 1. */
  onTime: number
  /** Mean of 1 to 5; 0 where nobody answered. */
  satisfaction: number
  answers: number
  today: number
  todayClosed: number
  usual: number
}

export interface Heat {
  /** West, south and count of each cell. */
  cells: [number, number, number][] | null
  /** Side of a cell in degrees. */
  size: number
}

export interface Similar {
  case: Case
  metres: number
  sameCategory: boolean
}

export interface Routed {
  handler?: Handler | null
  head?: HeadRef | null
  why: Message
}
