import type { DrawnPin } from '../map/pindiff'
import { passes, type Filter } from './filter'
import { eighths, isLate, pinLook } from './look'
import type { Category, Pin } from './types'

interface Kept {
  pin: Pin
  byCode: ReadonlyMap<string, Category>
  drawn: DrawnPin
}

/**
 * Turns the open cases into what the map draws, and keeps what has not changed, so
 * that of thousands only the few that differ are sent to the map.
 */
export function createDrawing(): (open: ReadonlyMap<string, Pin>, filter: Filter, byCode: ReadonlyMap<string, Category>, now: number) => ReadonlyMap<string, DrawnPin> {
  let kept = new Map<string, Kept>()
  return (open, filter, byCode, now) => {
    const next = new Map<string, Kept>()
    const drawn = new Map<string, DrawnPin>()
    for (const [id, pin] of open) {
      if (!passes(pin, filter, byCode, now)) continue
      const before = kept.get(id)
      const same = before?.pin === pin && before.byCode === byCode && before.drawn.look.ring === eighths(pin, now) && before.drawn.look.late === isLate(pin, now)
      const one = same ? before : { pin, byCode, drawn: { look: pinLook(pin, byCode, now), at: [pin.lon, pin.lat] as [number, number] } }
      next.set(id, one)
      drawn.set(id, one.drawn)
    }
    kept = next
    return drawn
  }
}
