import type { Message } from '../message'
import table from '../api/workflow.json'
import type { Case } from './api'
import type { Parcel } from './parcel'

/** What an act asks for, as far as the phone can ask it. */
export type Input = 'note' | 'proof' | 'until' | 'phase' | 'phases' | 'outcome' | 'yes' | 'satisfaction'

const asked: readonly string[] = ['note', 'proof', 'until', 'phase', 'phases', 'outcome', 'yes', 'satisfaction'] satisfies Input[]

interface Transition {
  from: string
  act: string
  needs?: string[]
}

const states = table.states as { state: string; title: Message; stage: string }[]
const acts = table.acts as { act: string; title: Message }[]
const transitions = table.transitions as Transition[]
export const urgencies = table.urgencies as { urgency: string; title: Message }[]

const plain = (name: string): Message => ({ zh: name, en: name })

/** What people call a state or an act; one that this build does not know keeps its name. */
export const stateTitle = (name: string): Message => states.find((s) => s.state === name)?.title ?? plain(name)
export const actTitle = (name: string): Message => acts.find((a) => a.act === name)?.title ?? plain(name)

/** What the act needs in that state; null where the phone cannot ask for it, and a desk must. */
export function needsOf(state: string, act: string): Input[] | null {
  const line = transitions.find((t) => t.from === state && t.act === act)
  const needs = line?.needs ?? []
  return line && needs.every((need) => asked.includes(need)) ? (needs as Input[]) : null
}

/**
 * Whether there is proof without a photo: of a dispute, the outcome of its mediation, or one
 * that is on its way. The server's rule is `missing` in guard.go.
 */
export function isProven(item: Pick<Case, 'id' | 'visibility' | 'outcome'>, parcels: readonly Parcel[]): boolean {
  const mediated = parcels.some((p) => p.kind === 'act' && p.state === 'waiting' && p.caseID === item.id && p.body.act === 'mediate')
  return item.visibility === 'restricted' && (Boolean(item.outcome) || mediated)
}

/** The acts that bring a case on, the likeliest first; the others wait behind them. */
const first = ['verify', 'take', 'accept', 'phase_done', 'report_done', 'close', 'confirm', 'evaluate', 'resume', 'approve']

/** What the phone offers of what the server allows. */
export function offered(state: string, allowed: readonly string[]): { main: string[]; more: string[] } {
  const able = allowed.filter((act) => needsOf(state, act) !== null)
  return { main: first.filter((act) => able.includes(act)), more: able.filter((act) => !first.includes(act)) }
}

/** Whether a case waits for the viewer, and is not only watched. */
export const waitsForMe = (state: string, allowed: readonly string[]): boolean => offered(state, allowed).main.length > 0
