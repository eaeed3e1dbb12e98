import { isLate, rootOf } from '../cases/look'
import type { Category, Pin, State, Urgency } from '../cases/types'

/** What the dispatcher has to do, in the order in which it is done. */
export const tabs = ['verify', 'dispatch', 'asks', 'late', 'check', 'all'] as const
export type Tab = (typeof tabs)[number]

export interface Wanted {
  tab: Tab
  /** Code of a root category, id of an area, an urgency; empty does not limit. */
  root: string
  area: string
  urgency: Urgency | ''
}

const states: Record<Exclude<Tab, 'late' | 'all'>, readonly State[]> = {
  verify: ['reported'],
  dispatch: ['filed'],
  asks: ['return_asked', 'extension_asked', 'suspension_asked'],
  check: ['done'],
}

export function isIn(tab: Tab, pin: Pin, now: number): boolean {
  if (tab === 'all') return true
  if (tab === 'late') return isLate(pin, now)
  return states[tab].includes(pin.state) || (tab === 'dispatch' && pin.unanswered === true)
}

export function suits(pin: Pin, { root, area, urgency }: Omit<Wanted, 'tab'>, byCode: ReadonlyMap<string, Category>): boolean {
  return (root === '' || rootOf(pin.category, byCode) === root) && (area === '' || (pin.areas ?? []).includes(area)) && (urgency === '' || pin.urgency === urgency)
}

const urgencies: readonly Urgency[] = ['urgent', 'hard', 'worrying', 'hoped_for']
const dueOf = (pin: Pin) => (pin.due ? Date.parse(pin.due) : Infinity)

/** The urgent ones first, then what is due first. */
export function queue(open: Iterable<Pin>, wanted: Wanted, byCode: ReadonlyMap<string, Category>, now: number): Pin[] {
  return [...open]
    .filter((pin) => isIn(wanted.tab, pin, now) && suits(pin, wanted, byCode))
    .sort((a, b) => urgencies.indexOf(a.urgency) - urgencies.indexOf(b.urgency) || dueOf(a) - dueOf(b) || a.number.localeCompare(b.number))
}

export function counts(open: Iterable<Pin>, wanted: Wanted, byCode: ReadonlyMap<string, Category>, now: number): Record<Tab, number> {
  const sums: Record<Tab, number> = { verify: 0, dispatch: 0, asks: 0, late: 0, check: 0, all: 0 }
  for (const pin of open) {
    if (!suits(pin, wanted, byCode)) continue
    for (const tab of tabs) if (isIn(tab, pin, now)) sums[tab]++
  }
  return sums
}

/** One line of the list: what it was when the list was made, and whether it still belongs there. */
export interface Line {
  pin: Pin
  left: boolean
}

/**
 * The list as it stands on the page: lines keep their places whatever happens, so
 * that nothing moves under a hand. What is new is counted until somebody asks for it.
 */
export function lines(standing: readonly Pin[], open: ReadonlyMap<string, Pin>, now: readonly Pin[]): { lines: Line[]; fresh: number } {
  const wanted = new Set(now.map((pin) => pin.id))
  const known = new Set(standing.map((pin) => pin.id))
  return {
    lines: standing.map((pin) => ({ pin: open.get(pin.id) ?? pin, left: !wanted.has(pin.id) })),
    fresh: now.filter((pin) => !known.has(pin.id)).length,
  }
}

/** The next line to work on after one: the first below that has not left, else the first above. */
export function nextAfter(list: readonly Line[], id: string | null): string | null {
  const i = list.findIndex((line) => line.pin.id === id)
  const after = [...list.slice(i + 1), ...list.slice(0, Math.max(0, i))]
  return after.find((line) => !line.left)?.pin.id ?? null
}

/** The set with one added, or taken out if it was there. */
export function toggled(set: ReadonlySet<string>, one: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(one)) next.add(one)
  return next
}
