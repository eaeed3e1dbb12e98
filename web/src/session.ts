import { ApiError, asError } from './api/client'
import { getMe } from './api/door'
import type { Me } from './api/types'
import { createStore, type Store } from './store'

export interface SessionState {
  me: Me | null
  /** Why it is not known who asks. */
  error: ApiError | null
  /** Somebody was signed in and is not any more; what waits for it goes on after the next sign-in. */
  ended: boolean
}

/** Who uses this page, and what becomes of work when the session ends in the middle of it. */
export interface Session {
  store: Store<SessionState>
  /** Asks the server who is asking. */
  load(): Promise<void>
  /** Somebody has signed in, or changed the password. */
  accept(me: Me): void
  /**
   * Asks, and where the session has ended waits until somebody has signed in
   * again and then asks once more: nothing that was done on the page is lost.
   */
  keeping<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T>
  stop(): void
}

/** What the page of one account must not do under another: it begins anew. */
export function createSession(beginAnew: () => void, ask = getMe): Session {
  const store = createStore<SessionState>({ me: null, error: null, ended: false })
  const stopped = new AbortController()

  async function load(): Promise<void> {
    try {
      const me = await ask(stopped.signal)
      store.update((state) => ({ ...state, me, error: null }))
    } catch (error) {
      if (!stopped.signal.aborted) store.update((state) => ({ ...state, error: asError(error) }))
    }
  }

  function accept(me: Me): void {
    const before = store.get()
    if (before.ended && before.me?.login !== me.login) return beginAnew()
    store.update(() => ({ me, error: null, ended: false }))
  }

  /** An upload that a server refuses early breaks off: whether that was why, only the server knows. */
  async function endedWhy(error: unknown, signal: AbortSignal): Promise<boolean> {
    if (!(error instanceof ApiError)) return false
    if (error.trouble === 'signedOut') return true
    if (error.status !== 0) return false
    const me = await ask(signal).catch(() => null)
    return me !== null && !me.signedIn
  }

  async function keeping<T>(signal: AbortSignal, asking: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await asking()
      } catch (error) {
        if (signal.aborted || !(await endedWhy(error, signal))) throw error
        store.update((state) => ({ ...state, ended: true }))
        await signedInAgain(signal)
      }
    }
  }

  function signedInAgain(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        signal.removeEventListener('abort', leave)
        forget()
        if (signal.aborted) reject(signal.reason as Error)
        else resolve()
      }
      signal.addEventListener('abort', leave)
      const forget = store.subscribe((state) => {
        if (!state.ended) queueMicrotask(leave)
      })
    })
  }

  return { store, load, accept, keeping, stop: () => stopped.abort() }
}
