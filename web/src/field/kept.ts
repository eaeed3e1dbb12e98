import { asError, type ApiError } from '../api/client'
import { createStore, type Store } from '../store'
import { read, write } from './db'

/** An answer of the server that is shown without it, too. */
export interface Answer<T> {
  value: T | null
  /** When the server gave it, in Unix milliseconds; 0 where there is none. */
  asOf: number
  busy: boolean
  /** Why the last question brought nothing newer. */
  error: ApiError | null
}

export interface Kept<T> {
  store: Store<Answer<T>>
  /** Shows what lies on the phone. */
  open(): Promise<void>
  /** Asks the server, and keeps what it says. */
  refresh(): Promise<void>
}

interface Row<T> {
  key: string
  value: T
  asOf: number
}

/**
 * Keeps an answer under a name: shown at once as it was, and anew when the server has
 * answered. What comes in after the account has changed (`mine`) is somebody else's and
 * is dropped.
 */
export function createKept<T>(db: IDBDatabase, key: string, ask: (signal: AbortSignal) => Promise<T>, mine: () => boolean, signal: AbortSignal): Kept<T> {
  const store = createStore<Answer<T>>({ value: null, asOf: 0, busy: false, error: null })
  return {
    store,
    async open() {
      const row = await read<Row<T>>(db, 'kept', key)
      if (row) store.update((state) => (state.asOf >= row.asOf ? state : { ...state, value: row.value, asOf: row.asOf }))
    },
    async refresh() {
      if (store.get().busy) return
      store.update((state) => ({ ...state, busy: true }))
      try {
        const value = await ask(signal)
        if (!mine()) return store.update((state) => ({ ...state, busy: false }))
        const asOf = Date.now()
        store.update(() => ({ value, asOf, busy: false, error: null }))
        await write(db, 'kept', { key, value, asOf } satisfies Row<T>)
      } catch (error) {
        if (!signal.aborted) store.update((state) => ({ ...state, busy: false, error: asError(error) }))
      }
    },
  }
}
