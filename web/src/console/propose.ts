import type { Case, Handler, Routed } from '../cases/types'
import type { LonLat } from '../api/types'
import type { UnitPlace } from '../cases/units'
import { distanceM } from '../field/place'

/** A unit that may be given the case, and why it is named. */
export interface Proposal {
  code: string
  name: string
  class: string
  because: 'rule' | 'has' | 'locality' | 'near'
  /** null where it is not known where the unit is. */
  metres: number | null
}

const most = 9

/** Whether nobody has the case, or nobody can answer for who has it. */
export const isUnhandled = ({ state, unanswered }: Pick<Case, 'state' | 'unanswered'>): boolean => state === 'filed' || Boolean(unanswered)

/**
 * Whom to give a case: the unit that the rules name, the one that has it, the
 * locality's, then the nearest one of each other class. At most nine, one for each
 * digit.
 */
export function propose(at: LonLat, routed: Pick<Routed, 'handler'> | null, present: Handler | null, units: readonly UnitPlace[]): Proposal[] {
  const near = units.map((unit) => ({ unit, metres: distanceM(at, unit.at) })).sort((a, b) => a.metres - b.metres || a.unit.code.localeCompare(b.unit.code))
  const list: Proposal[] = []
  const add = (code: string | undefined, name: string | undefined, because: Proposal['because']) => {
    if (!code || list.some((one) => one.code === code)) return
    const known = near.find(({ unit }) => unit.code === code)
    list.push({ code, name: name || known?.unit.name || code, class: known?.unit.class ?? '', because, metres: known?.metres ?? null })
  }
  if (routed?.handler?.kind === 'unit') add(routed.handler.code, routed.handler.name, 'rule')
  if (present?.kind === 'unit') add(present.code, present.name, 'has')
  const locality = near.find(({ unit }) => unit.class === 'community')?.unit
  add(locality?.code, locality?.name, 'locality')
  const classes = new Set(list.map((one) => one.class))
  for (const { unit } of near) {
    if (classes.has(unit.class)) continue
    classes.add(unit.class)
    add(unit.code, unit.name, 'near')
  }
  return list.slice(0, most)
}
