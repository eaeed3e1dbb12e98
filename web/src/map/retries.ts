export interface TileAt {
  z: number
  x: number
  y: number
}

export interface Retries {
  /** A tile of a source did not come, or, with null, what describes the source; not to be asked for again sooner than the server said. */
  missed(source: string, tile: TileAt | null, afterS: number): void
  stop(): void
}

const leastMS = 2_000
const mostMS = 30_000

/** Whether an answer of this status may be another one later; 0 is no answer. */
export const passes = (status: number) => status === 0 || status === 429 || (status >= 502 && status <= 504)

/**
 * Asks again for what did not come, all of it at once, after 2 s, 4 s … 30 s and no sooner
 * than the server said. Chance spreads what many pages ask.
 */
export function createRetries(ask: (source: string, tiles: TileAt[] | null) => void, chance: () => number = Math.random): Retries {
  let waiting = new Map<string, TileAt[] | null>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = 0
  let askedAt = 0
  let rounds = 0

  function askAll(): void {
    const again = waiting
    waiting = new Map()
    timer = undefined
    rounds++
    askedAt = Date.now()
    for (const [source, tiles] of again) ask(source, tiles)
  }

  function missed(source: string, tile: TileAt | null, afterS: number): void {
    const others = waiting.get(source)
    waiting.set(source, tile && others !== null ? [...(others ?? []), tile] : null)
    const now = Date.now()
    if (timer && now + afterS * 1000 <= dueAt) return
    clearTimeout(timer)
    // What was asked for last has come since.
    if (!timer && now - askedAt > mostMS) rounds = 0
    const waitMS = Math.max(afterS * 1000, Math.min(mostMS, leastMS * 2 ** rounds)) * (1 + chance() / 4)
    dueAt = now + waitMS
    timer = setTimeout(askAll, waitMS)
  }

  return { missed, stop: () => clearTimeout(timer) }
}
