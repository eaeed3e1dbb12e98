import { ApiError, asError } from '../api/client'
import { createStore, type Store } from '../store'
import { pause } from '../ui/wait'
import { changed, loaded, noPins, type Change, type Pins } from './pins'
import { createReader, type Message } from './sse'
import type { Pin } from './types'

/** A server that lives says something every 15 s. */
export const silenceMS = 40_000
const mostWaitMS = 30_000

export interface Live extends Pins {
  /**
   * off: nobody asks, or the viewer is not shown cases. ended: the session is over;
   * the pins stay, with their age.
   */
  state: 'off' | 'starting' | 'live' | 'lost' | 'ended'
  /** Up to when nothing is missing, epoch milliseconds; 0 for never. */
  heardAt: number
  /** When the next try begins, while lost. */
  retryAt: number
  error: ApiError | null
}

export interface LiveSource {
  load(signal: AbortSignal): Promise<{ pins: Pin[]; cursor: string }>
  open(after: string, signal: AbortSignal): Promise<Response>
}

export interface LiveEvents {
  /** A layer of the map looks different. */
  layer?(layer: string): void
  /** The stream has come back after an outage. */
  back?(): void
  /** What has come is shown once this resolves; without it, at once. */
  calm?(signal: AbortSignal): Promise<void>
}

export interface LiveFeed {
  store: Store<Live>
  /** Begins, or begins anew; the pins of another viewer are forgotten. */
  start(forget: boolean): void
  stop(): void
  /** Stops, and shows what is known as of then. */
  end(): void
  /** Stops, and shows nothing. */
  forget(): void
}

class Over extends Error {
  constructor(readonly why: string) {
    super(why)
  }
}

/**
 * Holds the open cases: loads them, follows the stream from there, and comes back
 * by itself after any outage, however long.
 */
export function createLive(source: LiveSource, events: LiveEvents = {}, chance: () => number = Math.random): LiveFeed {
  const idle: Live = { ...noPins, state: 'off', heardAt: 0, retryAt: 0, error: null }
  const store = createStore<Live>(idle)
  let running: AbortController | null = null
  let cursor = ''

  async function run(signal: AbortSignal): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      const begun = Date.now()
      try {
        await once(signal, failures > 0)
      } catch (error) {
        if (signal.aborted) return
        if (Date.now() - begun > silenceMS) failures = 0
        const problem = error instanceof Over ? null : asError(error)
        if (refused(problem, error)) return
        if (problem?.status === 400 || problem?.status === 410) cursor = ''
        failures++
        await lose(problem, failures, signal)
      }
    }
  }

  /** One connection, from loading to its end, which is always an error. */
  async function once(signal: AbortSignal, again: boolean): Promise<void> {
    if (cursor === '') await load(signal)
    const mine = new AbortController()
    const silence = watchdog(() => mine.abort(new ApiError('unreachable', 0)))
    const both = AbortSignal.any([signal, mine.signal])
    try {
      const response = await source.open(cursor, both)
      if (!response.body) throw new ApiError('failed', response.status)
      store.update((live) => ({ ...live, state: 'live', heardAt: Date.now(), retryAt: 0, error: null }))
      if (again) events.back?.()
      await read(response.body, silence.heard, both)
    } catch (error) {
      throw mine.signal.aborted ? (mine.signal.reason as Error) : error
    } finally {
      silence.end()
      mine.abort()
    }
    throw new ApiError('unreachable', 0)
  }

  async function load(signal: AbortSignal): Promise<void> {
    const answer = await source.load(signal)
    cursor = answer.cursor
    store.update((live) => ({ ...live, ...loaded(answer.pins, live), heardAt: Date.now() }))
  }

  async function read(body: ReadableStream<Uint8Array>, heard: () => void, signal: AbortSignal): Promise<void> {
    const next = createReader()
    const text = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>, { signal }).getReader()
    for (;;) {
      const { value, done } = await text.read()
      if (done) return
      heard()
      await events.calm?.(signal)
      signal.throwIfAborted() // who looks now may be another, who is not to see it
      await take(next(value), signal)
    }
  }

  /** What comes together is shown together. */
  async function take(messages: Message[], signal: AbortSignal): Promise<void> {
    const changes: Change[] = []
    let over: Over | null = null
    let reset = false
    for (const { event, data, id } of messages) {
      if (id !== '') cursor = id
      if (event === 'case') changes.push({ pin: JSON.parse(data) as Pin })
      else if (event === 'gone') changes.push({ gone: JSON.parse(data) as { id: string; seq: number } })
      else if (event === 'layer') events.layer?.((JSON.parse(data) as { layer: string }).layer)
      else if (event === 'reset') reset = true
      else if (event === 'bye') over = new Over((JSON.parse(data) as { why: string }).why)
    }
    const now = Date.now()
    store.update((live) => ({ ...live, heardAt: now, ...(changes.length > 0 ? changed(live, changes, now) : {}) }))
    if (reset) await load(signal)
    if (over) throw over
  }

  /** Whether there is nothing to try again for. */
  function refused(problem: ApiError | null, error: unknown): boolean {
    const out = problem?.trouble === 'signedOut' || problem?.trouble === 'forbidden'
    if (!out && !(error instanceof Over && error.why === 'session')) return false
    store.update((live) => (live.open.size > 0 || live.heardAt > 0 ? { ...live, state: 'ended', error: problem } : { ...idle, error: problem }))
    return true
  }

  async function lose(problem: ApiError | null, failures: number, signal: AbortSignal): Promise<void> {
    const waitMS = Math.max((problem?.details.retryAfterS ?? 0) * 1000, Math.min(mostWaitMS, 1000 * 2 ** Math.min(failures - 1, 10)) * (0.5 + chance() / 2))
    store.update((live) => ({ ...live, state: 'lost', error: problem, retryAt: Date.now() + waitMS }))
    await pause(waitMS, signal)
  }

  function stop(): void {
    running?.abort()
    running = null
  }

  return {
    store,
    stop,
    end: () => {
      stop()
      store.update((live) => (live.state === 'off' ? live : { ...live, state: 'ended' }))
    },
    forget: () => {
      stop()
      cursor = ''
      store.update(() => idle)
    },
    start: (forget) => {
      stop()
      if (forget) cursor = ''
      store.update((live) => (forget ? { ...idle, state: 'starting' } : { ...live, state: live.heardAt > 0 ? 'lost' : 'starting', retryAt: 0 }))
      running = new AbortController()
      void run(running.signal)
    },
  }
}

/** Calls when nothing has been heard for too long. */
function watchdog(bark: () => void): { heard: () => void; end: () => void } {
  let timer = setTimeout(bark, silenceMS)
  return {
    heard: () => {
      clearTimeout(timer)
      timer = setTimeout(bark, silenceMS)
    },
    end: () => clearTimeout(timer),
  }
}
