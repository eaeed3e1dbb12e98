/** Told of each new state; called at once with the present one. */
export type Listener<S> = (state: S) => void

/**
 * A value that changes by pure functions and tells who listens. It fulfils
 * Svelte's store contract, so components read it as `$store`.
 */
export interface Store<S> {
  get(): S
  update(change: (state: S) => S): void
  subscribe(listener: Listener<S>): () => void
}

export function createStore<S>(initial: S): Store<S> {
  let state = initial
  const listeners = new Set<Listener<S>>()
  return {
    get: () => state,
    update(change) {
      const next = change(state)
      if (Object.is(next, state)) return
      state = next
      for (const listener of [...listeners]) listener(state)
    },
    subscribe(listener) {
      listeners.add(listener)
      listener(state)
      return () => listeners.delete(listener)
    },
  }
}
