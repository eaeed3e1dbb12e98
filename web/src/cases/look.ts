import { caseIcons, type PinLook } from '../style/cases'
import type { Stand } from '../style/palette'
import type { Category, Pin, State } from './types'

/** How a state is drawn. */
export interface StateLook {
  stand: Stand
  filled: boolean
  badge: string
}

const asking: StateLook = { stand: 'asking', filled: true, badge: 'asking' }

export const looks: Partial<Record<State, StateLook>> = {
  reported: { stand: 'waiting', filled: false, badge: '' },
  filed: { stand: 'waiting', filled: false, badge: 'filed' },
  dispatched: { stand: 'sent', filled: false, badge: 'sent' },
  in_progress: { stand: 'working', filled: true, badge: '' },
  return_asked: asking,
  extension_asked: asking,
  suspension_asked: asking,
  suspended: { stand: 'asking', filled: false, badge: 'paused' },
  done: { stand: 'done', filled: true, badge: 'done' },
}

/** What is over looks like what is done. */
export const lookOf = (state: State): StateLook => looks[state] ?? { stand: 'done', filled: false, badge: 'done' }

/** When a case was reported and is due, epoch milliseconds; a pin never changes, and thousands are looked at again and again. */
const times = new WeakMap<object, { from: number; due: number }>()

function timesOf(pin: { reportedAt?: string; due?: string | null }): { from: number; due: number } {
  let known = times.get(pin)
  if (!known) times.set(pin, (known = { from: Date.parse(pin.reportedAt ?? ''), due: pin.due ? Date.parse(pin.due) : Infinity }))
  return known
}

/** Eighths of the time from the report to when it is due; 0 while no clock runs. */
export function eighths(pin: Pick<Pin, 'reportedAt' | 'due'>, now: number): number {
  const { from, due } = timesOf(pin)
  if (due === Infinity) return 0
  if (due <= from) return 8
  return Math.max(0, Math.min(8, Math.floor(((now - from) / (due - from)) * 8)))
}

/** Late by the server's word, or because its time has run out since. */
export const isLate = (pin: Pick<Pin, 'late' | 'due'>, now: number): boolean => pin.late === true || timesOf(pin).due <= now

/** The icon of a category, or that of the nearest one above it that has one. */
export function iconOf(code: string, byCode: ReadonlyMap<string, Category>): string {
  for (let at = byCode.get(code), steps = 0; at && steps < 9; at = byCode.get(at.parent), steps++) {
    const { icon } = at
    if ((caseIcons as readonly string[]).includes(icon)) return icon
  }
  return 'other'
}

const roots = new WeakMap<ReadonlyMap<string, Category>, Map<string, string>>()

/** The outermost category above one, or itself. */
export function rootOf(code: string, byCode: ReadonlyMap<string, Category>): string {
  let known = roots.get(byCode)
  if (!known) roots.set(byCode, (known = new Map()))
  let root = known.get(code)
  if (root === undefined) known.set(code, (root = outermost(code, byCode)))
  return root
}

function outermost(code: string, byCode: ReadonlyMap<string, Category>): string {
  let root = code
  for (let at = byCode.get(code), steps = 0; at && steps < 9; at = byCode.get(at.parent), steps++) root = at.code
  return root
}

export function pinLook(pin: Pin, byCode: ReadonlyMap<string, Category>, now: number): PinLook {
  return {
    id: pin.id,
    class: byCode.get(pin.category)?.class ?? 'event',
    icon: iconOf(pin.category, byCode),
    ...lookOf(pin.state),
    ring: eighths(pin, now),
    late: isLate(pin, now),
  }
}
