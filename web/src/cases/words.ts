import workflow from '../api/workflow.json'
import type { Message } from '../message'
import { caseMessages } from './messages'
import type { Link, State, Urgency } from './types'

const plain = (name: string): Message => ({ zh: name, en: name })
const byState = new Map(workflow.states.map((s) => [s.state, s]))
const acts = new Map(workflow.acts.map((a) => [a.act, a.title]))

/** What people call things, from the server's own table; what it does not know keeps its name. */
export const stateTitle = (state: State): Message => byState.get(state)?.title ?? plain(state)
export const actTitle = (act: string): Message => acts.get(act) ?? plain(act)
export const urgencyTitle = (urgency: Urgency): Message => workflow.urgencies.find((u) => u.urgency === urgency)?.title ?? plain(urgency)
export const rungTitle = (rung: string): Message => workflow.rungs.find((r) => r.rung === rung)?.title ?? plain(rung)
export const sourceTitle = (source: string): Message => workflow.sources.find((s) => s.source === source)?.title ?? plain(source)

export const modes: Readonly<Record<string, Message>> = { direct: caseMessages.modeDirect, led: caseMessages.modeLed, joint: caseMessages.modeJoint }
export const visibilities: Readonly<Record<string, Message>> = { public: caseMessages.visibilityPublic, internal: caseMessages.visibilityInternal, restricted: caseMessages.visibilityRestricted }
export const modeTitle = (mode: string): Message => modes[mode] ?? plain(mode)
export const visibilityTitle = (visibility: string): Message => visibilities[visibility] ?? plain(visibility)

/** What a link says of the other case. */
export const linkKeys = { duplicate_of: 'linkDuplicate', caused_by: 'linkCaused', part_of: 'linkPart' } as const satisfies Record<Link['kind'], string>

/** The seven stages of GB/T 30428, in their order. */
export const stages = workflow.stages

/** The place of a state's stage among them. */
export function stageOf(state: State): number {
  const stage = byState.get(state)?.stage
  return Math.max(0, stages.findIndex((s) => s.stage === stage))
}

/** What an act needs to be told in a state, by the names of docs/workflow.md. */
export function needsOf(state: State, act: string): readonly string[] {
  const line = workflow.transitions.find((t) => t.from === state && t.act === act)
  return line && 'needs' in line && Array.isArray(line.needs) ? (line.needs as string[]) : []
}
