import type { LonLat } from '../api/types'
import type { Figures, Pin } from '../cases/types'
import { isLate } from '../cases/look'

/** Where the tour stops: at a case, or over an area. */
export type Stop = { case: string; at: LonLat } | { area: { layer: string; id: string } }

const cases = 9
const areas = 4

/** The latest cases, and after every second one a busy area; the busiest areas where nothing is late. */
export function tourOf(open: Iterable<Pin>, figures: Figures | null, now: number): Stop[] {
  const late = [...open].filter((pin) => isLate(pin, now)).sort((a, b) => dueOf(a) - dueOf(b) || a.number.localeCompare(b.number)).slice(0, cases)
  const busy = [...(figures?.byArea ?? [])].filter((a) => a.open > 0).sort((a, b) => b.open - a.open).slice(0, areas)
  const stops: Stop[] = []
  late.forEach((pin, i) => {
    stops.push({ case: pin.id, at: [pin.lon, pin.lat] })
    const area = i % 2 === 1 ? busy.shift() : undefined
    if (area) stops.push({ area })
  })
  return [...stops, ...busy.map((area) => ({ area }))]
}

const dueOf = (pin: Pin) => (pin.due ? Date.parse(pin.due) : 0)

const stayMS = 12_000

/** Goes on from stop to stop until it is ended; what there is to see is asked for anew after each round. */
export function startTour(plan: () => Stop[], go: (stop: Stop | null) => void): () => void {
  let stops: Stop[] = []
  let timer: ReturnType<typeof setTimeout>
  const next = () => {
    if (stops.length === 0) {
      stops = plan()
      go(null)
    } else {
      go(stops.shift() ?? null)
    }
    timer = setTimeout(next, stayMS)
  }
  next()
  return () => clearTimeout(timer)
}
