const firstMS = 2_000
const mostMS = 5 * 60_000

/**
 * How long to wait after that many failures in a row: twice as long each time, and
 * somewhere in the upper half of that by chance, so that the phones of a street
 * whose mast comes back do not all call in the same second. A server that names a
 * time is not asked before it.
 */
export function backoffMS(failures: number, chance: number, retryAfterS = 0): number {
  const whole = Math.min(mostMS, firstMS * 2 ** Math.min(failures - 1, 30))
  return Math.max(retryAfterS * 1000, Math.round(whole * (0.5 + chance / 2)))
}
