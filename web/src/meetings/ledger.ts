import { ApiError, asError } from '../api/client'
import type { LedgerRow, Meeting } from '../api/meetings'
import { createStore, type Store } from '../store'
import { blank, unknown, type Draft } from './draft'
import type { Keeper } from './kept'
import { merge, unsent } from './merge'

export interface LedgerState {
  /** As it is written here; null before it is known. */
  meeting: Meeting | null
  draft: Draft
  /** How what is written here stands with the server. */
  sent: 'saved' | 'sending' | 'waiting' | 'refused'
  error: ApiError | null
  /** Somebody else has changed it meanwhile. */
  merged: boolean
}

export interface Ledger {
  store: Store<LedgerState>
  load(): Promise<void>
  /** Writes something; it is sent as soon as it can be. */
  write(change: (meeting: Meeting) => Meeting): void
  type(draft: Draft): void
  /** Sends what waits. */
  push(): Promise<void>
  /** Reads what others have written. */
  refresh(): Promise<void>
  /** Makes a case of a row once the server has the row. */
  toCase(row: LedgerRow): Promise<void>
  /** Drops what the server refuses. */
  discard(): void
  stop(): void
}

/** What the ledger asks of the server. */
export interface Server {
  get(id: string): Promise<Meeting>
  save(meeting: Meeting): Promise<Meeting>
  toCase(meeting: string, row: string): Promise<unknown>
}

const firstWaitMS = 2_000
const longestWaitMS = 30_000

/** Whether it is worth asking again without a change. */
const passes = (error: ApiError): boolean => ['unreachable', 'throttled', 'failed'].includes(error.trouble)

/**
 * One meeting's ledger. What is typed is kept on the device before anything else, and
 * sent until the server has it; a change by somebody else is merged.
 */
export function createLedger(id: string, server: Server, keeper: Keeper): Ledger {
  const store = createStore<LedgerState>({ meeting: null, draft: blank, sent: 'saved', error: null, merged: false })
  let base = unknown(id)
  let running: Promise<void> | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let waitMS = firstWaitMS
  let stopped = false

  const set = (change: Partial<LedgerState>) => store.update((state) => ({ ...state, ...change }))

  function keep(): void {
    const { meeting, draft } = store.get()
    if (meeting) keeper.write({ base, mine: meeting, draft })
  }

  /** The server has theirs; since `from` something may have been written here. */
  function settle(from: Meeting, theirs: Meeting): void {
    const { meeting } = store.get()
    set({ meeting: meeting ? merge(from, meeting, theirs) : theirs })
    base = theirs
    keep()
  }

  async function load(): Promise<void> {
    const kept = keeper.read(id)
    if (kept) {
      base = kept.base
      set({ meeting: kept.mine, draft: kept.draft })
      if (unsent(base, kept.mine)) return push()
    }
    await refresh()
  }

  async function refresh(): Promise<void> {
    if (running) return running
    try {
      const theirs = await server.get(id)
      if (stopped || running || theirs.seq < base.seq) return
      settle(base, theirs)
      set({ error: null })
    } catch (error) {
      if (!stopped) set({ error: asError(error) })
    }
  }

  /** One attempt; whether there may be more to send. */
  async function attempt(mine: Meeting): Promise<boolean> {
    try {
      settle(mine, await server.save(mine))
    } catch (error) {
      if (stopped) return false
      if (asError(error).status !== 409) throw error
      const theirs = await server.get(id)
      if (stopped) return false
      settle(base, theirs)
      // Nothing can be written into a meeting that has ended.
      if (theirs.endedAt && unsent(base, store.get().meeting ?? base)) throw error
      set({ merged: true })
    }
    return true
  }

  async function send(): Promise<void> {
    try {
      for (let mine = store.get().meeting; !stopped && mine && unsent(base, mine); mine = store.get().meeting) {
        set({ sent: 'sending' })
        if (!(await attempt(mine))) return
      }
      waitMS = firstWaitMS
      set({ sent: 'saved', error: null })
    } catch (thrown) {
      if (stopped) return
      const error = asError(thrown)
      set({ sent: passes(error) ? 'waiting' : 'refused', error })
      if (passes(error)) {
        timer = setTimeout(() => void push(), Math.max(waitMS, error.details.retryAfterS * 1000))
        waitMS = Math.min(waitMS * 2, longestWaitMS)
      }
    }
  }

  function push(): Promise<void> {
    clearTimeout(timer)
    running ??= send().finally(() => {
      running = null
      const { meeting, sent } = store.get()
      if (!stopped && sent === 'saved' && meeting && unsent(base, meeting)) void push()
    })
    return running
  }

  function write(change: (meeting: Meeting) => Meeting): void {
    const { meeting } = store.get()
    if (!meeting) return
    set({ meeting: change(meeting), merged: false })
    keep()
    void push()
  }

  function type(draft: Draft): void {
    set({ draft })
    keep()
  }

  async function toCase(row: LedgerRow): Promise<void> {
    await push()
    const { sent, error } = store.get()
    if (sent !== 'saved') throw error ?? new ApiError('unreachable', 0)
    await server.toCase(id, row.id)
    await refresh()
  }

  function discard(): void {
    set({ meeting: base.seq === 0 ? null : base, sent: 'saved', error: null })
    if (base.seq === 0) keeper.forget(id)
    else keep()
  }

  function stop(): void {
    stopped = true
    clearTimeout(timer)
  }

  return { store, load, write, type, push, refresh, toCase, discard, stop }
}
