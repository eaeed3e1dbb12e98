import { createStore, type Store } from '../store'
import { backoffMS } from './backoff'
import { databaseOf } from './db'
import { nextOf, nextTime, type Outbox } from './outbox'
import type { Parcel } from './parcel'
import { isSignedIn, sendParcel, type Outcome } from './send'

export interface SenderState {
  /** The parcel that this tab is sending. */
  sending: string
  /** When it tries again after nothing got through; 0 while it is not waiting for that. */
  retryAt: number
  /** Nobody, or somebody else, is signed in: nothing goes out until the account is back. */
  signedOut: boolean
}

export interface Sender {
  store: Store<SenderState>
  /** Sends what is due; `now` where something has changed for the better, so that no waiting counts. */
  kick(now?: boolean): void
  stop(): void
}

/** What a test replaces. */
export interface World {
  now(): number
  chance(): number
  /** Runs the task when no other tab of the account is in it. */
  alone(account: string, task: () => Promise<void>): Promise<void>
  after(ms: number, wake: () => void): () => void
  isSignedIn: typeof isSignedIn
  send: typeof sendParcel
}

const browser: World = {
  now: Date.now,
  chance: Math.random,
  // Without locks (no HTTPS) tabs may send the same at once, and the ids keep it one.
  alone: (account, task) => navigator.locks?.request(`${databaseOf(account)}:send`, task) ?? task(),
  after(ms, wake) {
    const timer = setTimeout(wake, ms)
    return () => clearTimeout(timer)
  },
  isSignedIn,
  send: sendParcel,
}

/** Timers that browsers can hold. */
const longestMS = 2 ** 31 - 1

/** Sends the account's parcels one after another, as long as it takes. */
export function createSender(outbox: Outbox, account: string, world: World = browser): Sender {
  const store = createStore<SenderState>({ sending: '', retryAt: 0, signedOut: false })
  const stopped = new AbortController()
  let failures = 0
  /** Before this the server does not want to be asked. */
  let named = 0
  let running = false
  let again = false
  let forget = () => {}

  const set = (news: Partial<SenderState>) => store.update((state) => ({ ...state, ...news }))

  async function run(): Promise<void> {
    if (running) {
      again = true
      return
    }
    running = true
    try {
      do {
        again = false
        if (due()) await world.alone(account, round)
      } while (again && !stopped.signal.aborted)
    } catch (error) {
      if (stopped.signal.aborted) return
      console.error(error) // the phone's database failed; perhaps it does better later
      pause(0)
    } finally {
      running = false
      set({ sending: '' })
      plan()
    }
  }

  function due(): boolean {
    const { retryAt, signedOut } = store.get()
    return !stopped.signal.aborted && !signedOut && retryAt <= world.now() && nextOf(outbox.store.get(), world.now()) !== null
  }

  /** One turn as the only sender: until nothing is due or nothing gets through. */
  async function round(): Promise<void> {
    await outbox.reload() // the tab before this one has sent some
    if (!due()) return
    const known = await world.isSignedIn(account, stopped.signal)
    if (known === false) return set({ signedOut: true })
    if (known !== true) return known.kind === 'later' ? pause(known.retryAfterS) : set({ signedOut: true })
    for (let parcel = nextOf(outbox.store.get(), world.now()); parcel && due(); parcel = nextOf(outbox.store.get(), world.now())) {
      set({ sending: parcel.id })
      await settle(parcel, await world.send(parcel, outbox, world.now(), stopped.signal))
    }
  }

  async function settle(parcel: Parcel, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'durable') {
      failures = 0
      return outbox.delivered(parcel.id, { number: outcome.number, area: outcome.area, doubt: outcome.doubt, at: world.now() })
    }
    if (outcome.kind === 'refused') {
      failures = 0
      return outbox.refuse(parcel.id, outcome.refusal)
    }
    if (outcome.kind === 'signedOut') return set({ signedOut: true })
    if (outcome.all) pause(outcome.retryAfterS)
    const tries = parcel.tries + 1
    const notBefore = outcome.all ? 0 : world.now() + backoffMS(tries, world.chance(), outcome.retryAfterS)
    await outbox.change(parcel.id, (p) => ({ ...p, tries, notBefore }))
  }

  function pause(retryAfterS: number): void {
    failures++
    if (retryAfterS > 0) named = world.now() + retryAfterS * 1000
    set({ retryAt: world.now() + backoffMS(failures, world.chance(), retryAfterS) })
  }

  /** Comes back when the next parcel's time has come. */
  function plan(): void {
    forget()
    forget = () => {}
    const next = nextTime(outbox.store.get())
    const { retryAt, signedOut } = store.get()
    if (stopped.signal.aborted || signedOut || next === null) return
    const wait = Math.max(next, retryAt) - world.now()
    // What waits for another parcel of its case has no time of its own.
    if (wait <= 0 && !due()) return
    forget = world.after(Math.min(Math.max(wait, 0), longestMS), () => void run())
  }

  const unsubscribe = outbox.store.subscribe(() => {
    if (!running) plan()
  })

  return {
    store,
    kick(now = false) {
      if (now) {
        failures = 0
        set({ retryAt: named > world.now() ? named : 0, signedOut: false })
      }
      void run()
    },
    stop() {
      stopped.abort()
      unsubscribe()
      forget()
    },
  }
}
