import type { ApiError } from '../api/client'
import type { Config, LonLat } from '../api/types'
import { remember } from './answers'
import { partsOf } from './summary'
import type { Answers, Batch, Job, Preview, Question } from './types'

export interface PlannerState {
  config: Config | null
  /** Past batches, the newest first. */
  list: Batch[] | null
  /** Why neither the list nor the map's declaration came. */
  trouble: ApiError | null
  upload: Upload | null
  open: Open | null
  /** Whether everything in view is drawn. */
  idle: boolean
}

/** A file on its way to the server. */
export interface Upload {
  name: string
  bytes: number
  sent: number
  error: ApiError | null
}

export type Work = 'explain' | 'apply' | 'undo' | 'discard'

/** A place that a report speaks of. */
export interface Mark {
  at: LonLat
  /** Of the overlap or gap there; 0 for a point. */
  areaM2: number
}

/** The batch that the page shows. */
export interface Open {
  id: string
  batch: Batch | null
  /** Why it did not come. */
  error: ApiError | null
  /** Answers that the server has not explained yet, by dataset. */
  wanted: Record<string, Answers>
  /** Every question asked since the page opened the batch, by dataset. */
  asked: Record<string, Question[]>
  work: Work | null
  job: Job | null
  /** What did not work, and why. */
  problem: { work: Work; error: ApiError } | null
  /** Whether the server does not answer while something runs. */
  lost: boolean
  preview: Preview | null
  previewError: ApiError | null
  /** A place of the report that somebody wants to see. */
  mark: Mark | null
}

export function initialState(): PlannerState {
  return { config: null, list: null, trouble: null, upload: null, open: null, idle: false }
}

export function opening(state: PlannerState, id: string): PlannerState {
  return {
    ...state,
    open: { id, batch: null, error: null, wanted: {}, asked: {}, work: null, job: null, problem: null, lost: false, preview: null, previewError: null, mark: null },
  }
}

/** Changes the open batch, if it is still the one. */
export function inOpen(state: PlannerState, id: string, change: (open: Open) => Partial<Open>): PlannerState {
  return state.open?.id === id ? { ...state, open: { ...state.open, ...change(state.open) } } : state
}

/** The batch as the server sees it now; the list follows. */
export function withBatch(state: PlannerState, batch: Batch): PlannerState {
  const list = state.list?.map((old) => (old.id === batch.id ? batch : old)) ?? null
  return inOpen({ ...state, list }, batch.id, (open) => ({ batch, job: batch.job ?? null, lost: false, asked: askedBy(batch, open) }))
}

function askedBy(batch: Batch, open: Open): Open['asked'] {
  return Object.fromEntries(partsOf(batch).map((part) => [part.dataset, remember(open.asked[part.dataset] ?? [], part.report)]))
}

/** Answers that were sent are answers of the batch now; what was said meanwhile stays wanted. */
export function explained(state: PlannerState, batch: Batch, sent: Record<string, Answers>): PlannerState {
  return inOpen(withBatch(state, batch), batch.id, (open) => ({
    wanted: Object.fromEntries(Object.entries(open.wanted).filter(([dataset, answers]) => sent[dataset] !== answers)),
    problem: null,
  }))
}

/** The answers of a dataset: what was said last, whether or not the server has explained it. */
export function answersIn(open: Open, dataset: string): Answers {
  return open.wanted[dataset] ?? partsOf(open.batch ?? noBatch).find((part) => part.dataset === dataset)?.answers ?? {}
}

const noBatch = { parts: [] as Batch['parts'] } as Batch
