import { asError, type ApiError } from '../api/client'
import { createStore, type Store } from '../store'
import { getCatalogue, getFigures, getHeat, getPins, openStream } from './api'
import { everything, type Filter } from './filter'
import { createLive, type LiveEvents, type LiveFeed } from './live'
import type { Catalogue, Category, Figures, Heat } from './types'

const figuresMS = 30_000
/** After something has happened the figures are asked for sooner, and never more often. */
const soonMS = 5_000
const heatDays = 30

export interface BoardState {
  catalogue: Catalogue | null
  byCode: ReadonlyMap<string, Category>
  figures: Figures | null
  filter: Filter
  /** Where cases were frequent; null while that is not shown. */
  heat: Heat | null
  heatError: ApiError | null
}

/** Everything that a page knows of the cases that its viewer is shown. */
export interface Board {
  store: Store<BoardState>
  live: LiveFeed
  /** Begins for a viewer, from nothing. */
  begin(): void
  /** The session is over: what is shown stays, and grows old. */
  end(): void
  /** Forgets everything: this viewer is shown no cases. */
  leave(): void
  setFilter(change: (filter: Filter) => Filter): void
  toggleHeat(): void
}

export function createBoard(events: LiveEvents = {}): Board {
  const blank: BoardState = { catalogue: null, byCode: new Map(), figures: null, filter: everything, heat: null, heatError: null }
  const store = createStore<BoardState>(blank)
  const live = createLive({ load: getPins, open: openStream }, {
    ...events,
    back: () => {
      events.back?.()
      askFigures()
    },
  })
  let mine = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let askedAt = 0

  live.store.subscribe(({ news }) => {
    if (news[0] && news[0].heardAt > askedAt) plan(Math.max(0, askedAt + soonMS - Date.now()))
  })

  function plan(inMS: number): void {
    clearTimeout(timer)
    if (!mine.signal.aborted) timer = setTimeout(askFigures, inMS)
  }

  function askFigures(): void {
    clearTimeout(timer)
    askedAt = Date.now()
    const { signal } = mine
    getFigures(signal)
      .then((figures) => store.update((state) => ({ ...state, figures })))
      .catch(() => undefined) // the old ones stay, and the stream says whether the server is lost
      .finally(() => {
        if (!signal.aborted) plan(figuresMS)
      })
  }

  async function learnWords(signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        const catalogue = await getCatalogue(signal)
        store.update((state) => ({ ...state, catalogue, byCode: new Map(catalogue.categories.map((c) => [c.code, c])) }))
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 1000 * 2 ** tries)))
      }
    }
  }

  function halt(): void {
    mine.abort()
    clearTimeout(timer)
    live.stop()
  }

  return {
    store,
    live,
    begin() {
      halt()
      mine = new AbortController()
      live.start(true)
      void learnWords(mine.signal)
      askFigures()
    },
    end() {
      halt()
      live.end()
    },
    leave() {
      halt()
      live.forget()
      store.update(({ filter }) => ({ ...blank, filter }))
    },
    setFilter: (change) => store.update((state) => ({ ...state, filter: change(state.filter) })),
    toggleHeat() {
      if (store.get().heat) return store.update((state) => ({ ...state, heat: null }))
      getHeat(heatDays, mine.signal)
        .then((heat) => store.update((state) => ({ ...state, heat, heatError: null })))
        .catch((error: unknown) => store.update((state) => ({ ...state, heatError: asError(error) })))
    },
  }
}

const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

/** The cells as squares, in five steps: each has the same factor between its least and its most. */
export function heatOf(heat: Heat | null): GeoJSON.FeatureCollection {
  const cells = heat?.cells ?? []
  if (!heat || cells.length === 0) return nothing
  const most = Math.max(5, ...cells.map(([, , n]) => n))
  const stepOf = (n: number) => Math.min(5, 1 + Math.floor((5 * Math.log(n)) / Math.log(most + 1)))
  return {
    type: 'FeatureCollection',
    features: cells.map(([west, south, n]) => {
      const [east, north] = [west + heat.size, south + heat.size]
      const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
      return { type: 'Feature', properties: { n, step: stepOf(n) }, geometry: { type: 'Polygon', coordinates: [ring] } }
    }),
  }
}
