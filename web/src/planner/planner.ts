import { ApiError, asError, getConfig } from '../api/client'
import type { Session } from '../session'
import { createStore, type Store } from '../store'
import { pause } from '../ui/wait'
import { addressOf, batchInAddress } from './address'
import * as server from './batches'
import { explained, initialState, inOpen, opening, withBatch, type Mark, type Open, type PlannerState, type Work } from './state'
import type { Answers, Batch } from './types'

const listLimit = 50
/** How often a running job is asked how far it is. */
const pollMS = 700
/** How long to wait before asking a server again that did not answer. */
const retryMS = 3000

export interface Planner {
  store: Store<PlannerState>
  start(): void
  stop(): void
  reload(): Promise<void>
  send(file: File): Promise<void>
  abortUpload(): void
  /** Shows a batch, or the list with null. */
  show(id: string | null): void
  /** Says something about a dataset; the batch is explained anew. */
  answer(dataset: string, answers: Answers): void
  /** Explains the batch anew under the answers that it has. */
  check(): void
  apply(): Promise<void>
  undo(): Promise<void>
  discard(): Promise<void>
  mark(place: Mark): void
  drawn(): void
}

/**
 * Drives the page's state: asks the server, keeps the address. Where the session
 * ends meanwhile, what was asked waits for the next sign-in.
 */
export function createPlanner({ keeping }: Pick<Session, 'keeping'>): Planner {
  const store = createStore(initialState())
  const stopped = new AbortController()
  let sending: AbortController | null = null
  let visit = new AbortController()
  let drawing = new AbortController()

  const change = (id: string, how: (open: Open) => Partial<Open>) => store.update((state) => inOpen(state, id, how))

  async function reload(): Promise<void> {
    try {
      const [config, list] = await keeping(stopped.signal, () => Promise.all([getConfig(stopped.signal), server.listBatches(listLimit, stopped.signal)]))
      store.update((state) => ({ ...state, config, list, trouble: null }))
    } catch (error) {
      if (!stopped.signal.aborted) store.update((state) => ({ ...state, trouble: asError(error) }))
    }
  }

  async function send(file: File): Promise<void> {
    sending?.abort()
    const mine = new AbortController()
    sending = mine
    const about = (news: { sent?: number; error?: ApiError }) =>
      store.update((state) => (sending === mine && state.upload ? { ...state, upload: { ...state.upload, ...news } } : state))
    store.update((state) => ({ ...state, upload: { name: file.name, bytes: file.size, sent: 0, error: null } }))
    try {
      const batch = await keeping(mine.signal, () => server.upload(file, mine.signal, (sent) => about({ sent })))
      store.update((state) => ({ ...state, upload: null, list: [batch, ...(state.list ?? [])] }))
      history.pushState(null, '', addressOf(batch.id))
      enter(batch.id)
      store.update((state) => withBatch(state, batch))
      await loadPreview(batch.id, visit.signal)
    } catch (error) {
      if (!mine.signal.aborted) about({ error: asError(error) })
    }
  }

  /** Leaves the batch that was open and turns to another. */
  function enter(id: string | null): void {
    visit.abort()
    visit = new AbortController()
    store.update((state) => (id === null ? { ...state, open: null } : opening(state, id)))
  }

  async function follow(): Promise<void> {
    const id = batchInAddress(location.hash)
    if (id === (store.get().open?.id ?? null)) return
    enter(id)
    if (id === null) return reload()
    const { signal } = visit
    try {
      const batch = await keeping(signal, () => server.getBatch(id, signal))
      store.update((state) => withBatch(state, batch))
      if (batch.job?.state === 'running') await watch(id, signal)
      // What was found may be older than the map: look again.
      if (store.get().open?.batch?.state === 'draft') await explain(id, signal)
    } catch (error) {
      if (!signal.aborted) change(id, () => ({ error: asError(error) }))
    }
  }

  async function loadPreview(id: string, leaving: AbortSignal): Promise<void> {
    drawing.abort()
    drawing = new AbortController()
    const signal = AbortSignal.any([drawing.signal, leaving])
    try {
      const preview = await keeping(signal, () => server.getPreview(id, signal))
      change(id, () => ({ preview, previewError: null }))
    } catch (error) {
      if (!signal.aborted) change(id, () => ({ previewError: asError(error) }))
    }
  }

  /** Has the batch explained until nothing that was said is left to explain. */
  async function explain(id: string, signal: AbortSignal): Promise<void> {
    const open = () => store.get().open
    if (open()?.work) return
    change(id, () => ({ work: 'explain', problem: null }))
    const asking = watchStep(id, signal)
    try {
      do {
        const sent = open()?.wanted ?? {}
        const batch = await keeping(signal, () => server.putAnswers(id, sent, signal))
        store.update((state) => explained(state, batch, sent))
      } while (Object.keys(open()?.wanted ?? {}).length > 0 && !signal.aborted)
      change(id, () => ({ work: null }))
      await loadPreview(id, signal)
    } catch (error) {
      if (!signal.aborted) change(id, () => ({ work: null, wanted: {}, problem: { work: 'explain', error: asError(error) } }))
    } finally {
      asking.abort()
    }
  }

  /** Tells what step a long explanation is at, until it is stopped. */
  function watchStep(id: string, signal: AbortSignal): AbortController {
    const own = new AbortController()
    const both = AbortSignal.any([own.signal, signal])
    const look = async () => {
      while (!both.aborted) {
        await pause(pollMS, both)
        const batch = both.aborted ? null : await server.getBatch(id, both).catch(() => null)
        if (batch?.job && !both.aborted) change(id, () => ({ job: batch.job ?? null }))
      }
    }
    void look()
    return own
  }

  /** Follows the job on a batch until it has ended, however often the server does not answer. */
  async function watch(id: string, signal: AbortSignal): Promise<Batch> {
    for (;;) {
      await pause(store.get().open?.lost ? retryMS : pollMS, signal)
      signal.throwIfAborted()
      try {
        const batch = await keeping(signal, () => server.getBatch(id, signal))
        store.update((state) => withBatch(state, batch))
        if (batch.job?.state !== 'running') return batch
      } catch (error) {
        if (signal.aborted || asError(error).trouble !== 'unreachable') throw error
        change(id, () => ({ lost: true }))
      }
    }
  }

  async function run(kind: 'apply' | 'undo'): Promise<void> {
    await work(kind, async (id, signal) => {
      const begun = await keeping(signal, () => server.launch(id, kind, signal))
      change(id, () => ({ job: begun.job ?? null }))
      const { job, state } = await watch(id, signal)
      if (job?.error) throw new ApiError('refused', job.error.status, job.error.text)
      // A server that was stopped meanwhile knows of no job; the batch says what came of it.
      if (state !== (kind === 'apply' ? 'applied' : 'undone')) throw new ApiError('failed', 0)
      change(id, () => ({ preview: null, mark: null }))
      await reload()
    })
  }

  async function work(kind: Work, what: (id: string, signal: AbortSignal) => Promise<void>): Promise<void> {
    const { open } = store.get()
    if (!open || open.work) return
    const { signal } = visit
    change(open.id, () => ({ work: kind, problem: null }))
    try {
      await what(open.id, signal)
      change(open.id, () => ({ work: null }))
    } catch (error) {
      if (!signal.aborted) change(open.id, () => ({ work: null, problem: { work: kind, error: asError(error) } }))
    }
  }

  function show(id: string | null): void {
    history.pushState(null, '', addressOf(id))
    void follow()
  }

  return {
    store,
    start: () => {
      addEventListener('popstate', () => void follow(), { signal: stopped.signal })
      addEventListener('online', () => void reload(), { signal: stopped.signal })
      void reload()
      void follow()
    },
    stop: () => {
      stopped.abort()
      sending?.abort()
      visit.abort()
    },
    reload,
    send,
    abortUpload: () => {
      sending?.abort()
      sending = null
      store.update((state) => ({ ...state, upload: null }))
    },
    show,
    answer: (dataset, answers) => {
      const { open } = store.get()
      if (!open) return
      change(open.id, ({ wanted }) => ({ wanted: { ...wanted, [dataset]: answers } }))
      void explain(open.id, visit.signal)
    },
    check: () => {
      const { open } = store.get()
      if (open) void explain(open.id, visit.signal)
    },
    apply: () => run('apply'),
    undo: () => run('undo'),
    discard: () =>
      work('discard', async (id, signal) => {
        await keeping(signal, () => server.discard(id, signal))
        show(null)
      }),
    mark: (place) => {
      const { open } = store.get()
      if (open) change(open.id, () => ({ mark: place }))
    },
    drawn: () => store.update((state) => (state.idle ? state : { ...state, idle: true })),
  }
}
