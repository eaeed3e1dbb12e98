import { newID } from '../field/uuid'
import type { AreaRef, Rule, RuleDraft } from '../api/rules'
import type { Place } from '../accounts/scope'

/** A rule that is being written. */
export interface Draft {
  id: string
  /** 0 for a new one. */
  number: number
  category: string
  area: Place | null
  rung: string
  unit: Place | null
  note: string
}

const placeOf = (area: Pick<AreaRef, 'layer' | 'code' | 'name'>): Place => ({ layer: area.layer, code: area.code, name: area.name, within: '' })

/** A new rule for a category in an area. */
export function blank(category: string, area: AreaRef | null): Draft {
  return { id: newID(), number: 0, category, area: area && placeOf(area), rung: '', unit: null, note: '' }
}

/** A rule as it is, to be changed. */
export function draftOf({ id, number, category = '', area, rung = '', unit, note = '' }: Rule): Draft {
  return { id, number, category, area: area ? placeOf(area) : null, rung, unit: { layer: 'units', code: unit.code ?? '', name: unit.name ?? '', within: '' }, note }
}

/** What is sent of it; unit must be chosen. */
export function sent({ category, area, rung, unit, note }: Draft): RuleDraft {
  return { category, area: area && { layer: area.layer, code: area.code }, rung, unit: { code: unit?.code ?? '' }, note: note.trim() }
}
