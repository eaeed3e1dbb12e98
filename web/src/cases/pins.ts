import type { Pin, State } from './types'

const openStates: ReadonlySet<State> = new Set(['reported', 'filed', 'dispatched', 'in_progress', 'return_asked', 'extension_asked', 'suspension_asked', 'suspended', 'done'])

/** Whether somebody of the administration still has to act. */
export const isOpen = (state: State): boolean => openStates.has(state)

/** What the stream tells of one case. */
export type Change = { pin: Pin } | { gone: { id: string; seq: number } }

/** Something that happened while one watched. */
export interface News {
  pin: Pin
  /** When it came in, epoch milliseconds. */
  heardAt: number
}

/** The open cases by id, as far as the stream has told. */
export interface Pins {
  open: ReadonlyMap<string, Pin>
  /** The last sequence numbers of cases that are no longer open, so that an old word does not bring them back. */
  left: ReadonlyMap<string, number>
  /** The latest first. */
  news: readonly News[]
}

export const noPins: Pins = { open: new Map(), left: new Map(), news: [] }

const newsKept = 60
const leftKept = 5_000

/** Everything anew; what happened stays told. */
export function loaded(pins: readonly Pin[], before: Pins): Pins {
  return { open: new Map(pins.map((pin) => [pin.id, pin])), left: new Map(), news: before.news }
}

/** Adds what came in. Of two words about one case the one with the greater seq holds, in whatever order they come. */
export function changed(before: Pins, changes: readonly Change[], now: number): Pins {
  const open = new Map(before.open)
  const left = new Map(before.left)
  const news: News[] = []
  for (const change of changes) {
    const { id, seq } = 'pin' in change ? change.pin : change.gone
    const known = open.get(id)?.seq ?? left.get(id) ?? -1
    if (seq < known) continue
    if ('pin' in change && isOpen(change.pin.state)) {
      left.delete(id)
      open.set(id, change.pin)
    } else {
      open.delete(id)
      left.set(id, seq)
    }
    if ('pin' in change && seq > known) news.unshift({ pin: change.pin, heardAt: now })
  }
  for (const id of left.keys()) {
    if (left.size <= leftKept) break
    left.delete(id)
  }
  return { open, left, news: news.length > 0 ? [...news, ...before.news].slice(0, newsKept) : before.news }
}
