export interface Retries {
  /** Something did not come, and is not worth asking for again sooner than the server said; 0 where it did not say. */
  missed(afterS: number): void
  /** All that was missed has come, or is not wanted any more. */
  whole(): void
  stop(): void
}

const leastMS = 2_000
const mostMS = 20_000

/** Whether an answer of this status may be another one later; 0 is no answer. */
export const passes = (status: number) => status === 0 || status === 429 || (status >= 502 && status <= 504)

/**
 * Asks again for all that did not come, at once: after 2 s, 4 s … 20 s, and up to half as
 * long again by chance, so that many pages do not ask in the same second.
 */
export function createRetries(ask: () => void, chance: () => number = Math.random): Retries {
  let timer: ReturnType<typeof setTimeout> | undefined
  let waitMS = 0
  let rounds = 0
  let stopped = false

  function askAgain(): void {
    timer = undefined
    rounds++
    ask()
  }

  function rest(): void {
    clearTimeout(timer)
    timer = undefined
  }

  return {
    missed(afterS) {
      // What is missed while others wait is asked for with them, so that nothing puts them off for ever.
      if (stopped || (timer && afterS * 1000 <= waitMS)) return
      rest()
      waitMS = Math.max(afterS * 1000, Math.min(mostMS, leastMS * 2 ** rounds)) * (1 + chance() / 2)
      timer = setTimeout(askAgain, waitMS)
    },
    whole() {
      rest()
      rounds = 0
    },
    stop() {
      rest()
      stopped = true
    },
  }
}
