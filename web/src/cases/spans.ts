import type { Say } from '../lang'

/** A length of time in the largest unit that fits. */
export function formatSpan(ms: number, say: Say): string {
  const minutes = Math.max(1, Math.round(Math.abs(ms) / 60_000))
  if (minutes < 60) return say('spanMinutes', { n: minutes })
  if (minutes < 48 * 60) return say('spanHours', { n: Math.round(minutes / 60) })
  return say('spanDays', { n: Math.round(minutes / 1440) })
}

/** How much of a time limit is gone, 0 to 1 and beyond; null while none runs. */
export function gone(from: string, due: string | null | undefined, now: number): number | null {
  if (!due) return null
  const whole = Date.parse(due) - Date.parse(from)
  return whole > 0 ? Math.max(0, (now - Date.parse(from)) / whole) : 1
}
