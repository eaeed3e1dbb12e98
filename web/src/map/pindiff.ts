import type { LonLat } from '../api/types'
import type { PinLook } from '../style/cases'

/** A pin as it is drawn; another object whenever anything of it is different. */
export interface DrawnPin {
  look: PinLook
  at: LonLat
}

/** What to send so that the one set of pins becomes the other. */
export function diffPins(before: ReadonlyMap<string, DrawnPin>, after: ReadonlyMap<string, DrawnPin>): { gone: string[]; changed: DrawnPin[] } {
  const gone: string[] = []
  for (const id of before.keys()) if (!after.has(id)) gone.push(id)
  const changed: DrawnPin[] = []
  for (const [id, pin] of after) if (before.get(id) !== pin) changed.push(pin)
  return { gone, changed }
}
