import { stands, type Stand } from '../style/palette'
import { isLate, lookOf, rootOf } from './look'
import type { Category, Pin } from './types'

/** Which open cases the map shows. Its clusters count these and no others. */
export interface Filter {
  /** What is left out. */
  stands: ReadonlySet<Stand>
  roots: ReadonlySet<string>
  lateOnly: boolean
}

export const everything: Filter = { stands: new Set(), roots: new Set(), lateOnly: false }

export const isWhole = (filter: Filter): boolean => filter.stands.size === 0 && filter.roots.size === 0 && !filter.lateOnly

export function passes(pin: Pin, filter: Filter, byCode: ReadonlyMap<string, Category>, now: number): boolean {
  if (filter.lateOnly && !isLate(pin, now)) return false
  return !filter.stands.has(lookOf(pin.state).stand) && !(filter.roots.size > 0 && filter.roots.has(rootOf(pin.category, byCode)))
}

function without<T>(set: ReadonlySet<T>, one: T): ReadonlySet<T> {
  const next = new Set(set)
  if (!next.delete(one)) next.add(one)
  return next
}

export const withStand = (filter: Filter, stand: Stand): Filter => ({ ...filter, stands: without(filter.stands, stand) })
export const withRoot = (filter: Filter, root: string): Filter => ({ ...filter, roots: without(filter.roots, root) })

/** How many cases are open and late: in all, by how they stand, by root category and by area. */
export interface Tally {
  open: number
  late: number
  byStand: Record<Stand, number>
  byRoot: ReadonlyMap<string, number>
  byArea: ReadonlyMap<string, { open: number; late: number }>
}

export function tally(pins: Iterable<Pin>, byCode: ReadonlyMap<string, Category>, now: number): Tally {
  const byStand = Object.fromEntries(stands.map((name) => [name, 0])) as Record<Stand, number>
  const byRoot = new Map<string, number>()
  const byArea = new Map<string, { open: number; late: number }>()
  let open = 0
  let late = 0
  for (const pin of pins) {
    const isOver = isLate(pin, now)
    open++
    if (isOver) late++
    byStand[lookOf(pin.state).stand]++
    const root = rootOf(pin.category, byCode)
    byRoot.set(root, (byRoot.get(root) ?? 0) + 1)
    for (const id of pin.areas ?? []) {
      let area = byArea.get(id)
      if (!area) byArea.set(id, (area = { open: 0, late: 0 }))
      area.open++
      if (isOver) area.late++
    }
  }
  return { open, late, byStand, byRoot, byArea }
}
