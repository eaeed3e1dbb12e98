import type { Handler, Phase } from './types'

/** Somebody who can be given a part of a case: a unit, or a neighbor head. */
export type Body = Pick<Handler, 'kind'> & { code: string; name: string }

/** A phase while it is being written; `unit` is a name of nameOf, empty for the lead. */
export interface Step {
  key: number
  title: string
  unit: string
  /** The day, as an input for dates has it; empty where there is none. */
  until: string
}

/** How several units are to handle a case together. */
export interface Plan {
  steps: readonly Step[]
  helpers: readonly string[]
}

/** What the act `plan` says. */
export interface PlanFields {
  phases: { title: string; unit?: { kind: string; code: string }; until?: string }[]
  helpers: { kind: string; code: string }[]
}

interface Planned {
  phases?: readonly Phase[] | null
  helpers?: readonly Handler[] | null
}

export const mostSteps = 20
export const mostHelpers = 20

/** What tells bodies apart: a head and a unit may have one code. */
export const nameOf = ({ kind, code }: Pick<Body, 'kind' | 'code'>): string => `${kind}/${code}`

const bodyOf = ({ kind, code, name }: Handler): Body[] => (code ? [{ kind, code, name: name || code }] : [])

/** The units, and whoever has a part already. */
export function bodiesOf({ phases, helpers }: Planned, units: readonly { code: string; name: string }[]): Body[] {
  const all: Body[] = units.map(({ code, name }) => ({ kind: 'unit', code, name }))
  const present = [...(phases ?? []).flatMap((p) => (p.unit ? bodyOf(p.unit) : [])), ...(helpers ?? []).flatMap(bodyOf)]
  for (const body of present) if (!all.some((b) => nameOf(b) === nameOf(body))) all.push(body)
  return all
}

export const blankStep = (key: number): Step => ({ key, title: '', unit: '', until: '' })

/** The day here at an instant. */
function dayOf(iso: string): string {
  const at = new Date(iso)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

/** What is still open of a case's plan, to be written anew. Finished phases stay whatever is planned. */
export function planOf({ phases, helpers }: Planned): Plan {
  const open = (phases ?? []).filter((p) => !p.doneAt)
  const steps = open.map((p, key): Step => ({ key, title: p.title, unit: p.unit?.code ? nameOf({ kind: p.unit.kind, code: p.unit.code }) : '', until: p.until ? dayOf(p.until) : '' }))
  return { steps: steps.length > 0 ? steps : [blankStep(0)], helpers: (helpers ?? []).flatMap(bodyOf).map(nameOf) }
}

/** The steps with one moved up or down; at the end it stays. */
export function moved(steps: readonly Step[], i: number, by: 1 | -1): Step[] {
  const next = [...steps]
  const [one] = next.splice(i, 1)
  if (one) next.splice(Math.max(0, Math.min(next.length, i + by)), 0, one)
  return next
}

/** The steps with a new one behind the i-th. */
export function withStep(steps: readonly Step[], i: number): Step[] {
  const key = Math.max(-1, ...steps.map((s) => s.key)) + 1
  return [...steps.slice(0, i + 1), blankStep(key), ...steps.slice(i + 1)]
}

const isBlank = ({ title, unit, until }: Step) => title.trim() === '' && unit === '' && until === ''

/** What is to be sent; null while a phase has no title, or there is none. */
export function fieldsOf({ steps, helpers }: Plan, bodies: readonly Body[]): PlanFields | null {
  const meant = steps.filter((step) => !isBlank(step))
  if (meant.length === 0 || meant.some(({ title }) => title.trim() === '')) return null
  const known = new Map(bodies.map((body) => [nameOf(body), { kind: body.kind, code: body.code }]))
  return {
    phases: meant.map(({ title, unit, until }) => {
      const body = known.get(unit)
      // The end of the day that was chosen.
      return { title: title.trim(), ...(body ? { unit: body } : {}), ...(until ? { until: new Date(`${until}T23:59:59`).toISOString() } : {}) }
    }),
    helpers: helpers.flatMap((name) => known.get(name) ?? []),
  }
}
