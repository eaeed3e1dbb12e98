/** The shapes of import batches in the server's JSON; see docs/api.md. */
import type { BBox, LayerName, LonLat } from '../api/types'
import type { Message } from '../message'

export type BatchState = 'draft' | 'applied' | 'undone' | 'discarded'

export interface Batch {
  id: string
  file: string
  sha256: string
  bytes: number
  state: BatchState
  createdAt: string
  appliedAt?: string
  undoneAt?: string
  actor: string
  parts: Part[] | null
  job?: Job
}

export interface Job {
  kind: 'explain' | 'apply' | 'undo' | 'discard'
  state: 'running' | 'done' | 'failed'
  step: Message
  done: number
  /** 0 if unknown. */
  total: number
  error: { status: number; text: Message } | null
}

/** One dataset of a file on its way into one layer; it has no report while it is left out. */
export interface Part {
  dataset: string
  answers: Answers
  report?: Report
}

/** What a person said about one dataset. What is absent was not answered. */
export interface Answers {
  skip?: boolean
  layer?: LayerName
  encoding?: string
  crs?: string
  from?: string
  /** Field to column, or @row, @shape. */
  map?: Record<string, string>
  skipRefused?: boolean
  closeMissing?: boolean
}

export interface Report {
  dataset: string
  layer?: LayerName
  features: number
  accepted: number
  bounds?: BBox
  encoding: Detection
  crs: Detection
  columns: Column[] | null
  questions: Question[] | null
  repairs: Findings
  refusals: Findings
  overlaps: Findings
  gaps: Findings
  comparison?: Comparison
  notes?: Message[]
}

export interface Detection {
  /** Empty when it must be asked. */
  value: string
  title: Message
  /** From 0 to 1. */
  confidence: number
  reason: Message
}

/** One possible answer; `set` holds the answers that choosing it gives. */
export interface Candidate {
  value: string
  title: Message
  confidence: number
  reason: Message
  set: Record<string, string>
}

export interface Question {
  key: string
  text: Message
  candidates: Candidate[] | null
}

export interface Column {
  name: string
  type: string
  /** The field it feeds; absent when it is not used. */
  field?: string
  confidence: number
  samples: string[] | null
  /** Looks like personal data: not stored, samples withheld. */
  personal?: boolean
}

export interface Finding {
  /** From 1; absent when it concerns the file. */
  row?: number
  rule: string
  lonLat?: LonLat
  text: Message
  areaM2?: number
}

export interface Findings {
  total: number
  byRule?: Record<string, number>
  /** The first ones only. */
  list?: Finding[]
}

export interface Comparison {
  new: number
  changed: number
  unchanged: number
  missing: number
  closed: number
}

export interface PreviewProperties {
  dataset: string
  layer: LayerName
  row: number
  code?: string
  name?: string
  /** The CRS candidate that it is drawn under while that is still a question. */
  assumed?: string
}

export interface Preview extends GeoJSON.FeatureCollection<GeoJSON.Geometry, PreviewProperties> {
  /** Whether there is more than is drawn. */
  truncated?: boolean
}
