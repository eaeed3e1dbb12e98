import type { ScopeKind } from '../api/roles'
import type { Hit, LayerName } from '../api/types'

const layers: Record<ScopeKind, readonly LayerName[]> = {
  everywhere: [],
  area: ['counties', 'streets', 'communities', 'groups', 'grids', 'cells'],
  unit: ['units'],
  head: ['heads'],
}

/** Where a role of that kind can be held. */
export const layersFor = (kind: ScopeKind): readonly LayerName[] => layers[kind]

/** A place that a role can be held for. */
export interface Place {
  layer: LayerName
  code: string
  /** "" where only the code is known. */
  name: string
  within: string
}

/** How the server is told of it. */
export const scopeText = ({ layer, code }: Pick<Place, 'layer' | 'code'>): string => `${layer}/${code}`

/**
 * What is offered for the words: the places found, and the words themselves as
 * a code where it is plain of which layer it would be.
 */
export function placesFor(kind: ScopeKind, only: LayerName | '', words: string, hits: readonly Hit[]): Place[] {
  const wanted = only === '' ? layersFor(kind) : [only]
  const found = hits.filter((hit) => wanted.includes(hit.layer)).map(({ layer, code, name, within = '' }) => ({ layer, code, name, within }))
  const [layer, ...others] = wanted
  const code = words.trim()
  const plain = layer !== undefined && others.length === 0 && /^[\w.-]{1,64}$/.test(code) && !found.some((place) => place.code === code)
  return plain ? [...found, { layer, code, name: '', within: '' }] : found
}

/** The first and, where it is an end, the last moment of a local day (yyyy-mm-dd) in RFC 3339; null for "". */
export function instantOf(day: string, end: boolean): string | null {
  const [year, month, date] = day.split('-').map(Number)
  if (!year || !month || !date) return null
  return new Date(year, month - 1, date + (end ? 1 : 0)).toISOString()
}

/** When a role begins that is granted from a day on: null, which is now, for today. No role begins earlier. */
export function beginOf(day: string, now: Date): string | null {
  const at = instantOf(day, false)
  return at !== null && new Date(at) > now ? at : null
}
