import { asError, type ApiError } from '../api/client'
import type { LonLat } from '../api/types'
import { act as sendAct, actOnMany, findCases, getCase, getHistory, getSimilar, tryRules, type Action, type BulkResult } from '../cases/api'
import type { Case, CaseEvent, Pin, Routed, Similar } from '../cases/types'
import { getUnits, type UnitPlace } from '../cases/units'
import { newID } from '../field/uuid'
import type { Session } from '../session'
import { createStore, type Store } from '../store'
import { learn } from '../wall/learn'
import type { Chosen } from '../wall/state'
import type { Wanted } from './queue'

/** The case that is worked on, as far as it has come in. */
export interface Open {
  id: string
  case: Case | null
  history: readonly CaseEvent[] | null
  similar: readonly Similar[]
  routed: Routed | null
  error: ApiError | null
}

/** The neighbor head of the case: the lit households, and the open cases. */
export interface HeadView {
  chosen: Chosen
  cases: readonly Case[] | null
}

export interface DeskState {
  wanted: Wanted
  /** The list as it stood when it was last made. */
  standing: readonly Pin[]
  open: Open | null
  head: HeadView | null
  picked: ReadonlySet<string>
  units: readonly UnitPlace[]
  text: string
  found: { cases: readonly Case[]; total: number } | null
  busy: boolean
  problem: ApiError | null
  /** What was done last, and how to take it back where that can be done. */
  done: { number: string; act: string; undo: string | null; into: string } | null
  results: readonly BulkResult[] | null
}

export interface Desk {
  store: Store<DeskState>
  start(): void
  stop(): void
  choose(id: string | null): void
  /** The stream says that the open case has changed. */
  renew(): void
  do(act: string, fields: Partial<Action>): Promise<boolean>
  /** Whether it was done. */
  merge(into: Case, note: string): Promise<boolean>
  undoMerge(): Promise<void>
  /** What was done last has been seen. */
  seen(): void
  many(act: string, note: string, unit: string): Promise<void>
  showHead(): void
  find(text: string): void
  /** The cases with the words in their number or note, for choosing another one. */
  look(text: string): Promise<Case[]>
  pick(ids: ReadonlySet<string>): void
  want(change: Partial<Wanted>, standing: readonly Pin[]): void
}

const first: DeskState = {
  wanted: { tab: 'dispatch', root: '', area: '', urgency: '' }, standing: [], open: null, head: null, picked: new Set(), units: [],
  text: '', found: null, busy: false, problem: null, done: null, results: null,
}

/** Drives the console: one case at a time, and acts on one or many. */
export function createDesk({ keeping }: Pick<Session, 'keeping'>): Desk {
  const store = createStore<DeskState>(first)
  const stopped = new AbortController()
  let asking = new AbortController()
  let finding = new AbortController()

  async function load(id: string, signal: AbortSignal): Promise<void> {
    const tell = (news: Partial<Open>) => store.update((state) => (state.open?.id === id && !signal.aborted ? { ...state, open: { ...state.open, ...news } } : state))
    try {
      const found = await keeping(signal, () => getCase(id, signal))
      tell({ case: found, error: null })
      const side = [
        getHistory(id, signal).then((history) => tell({ history })),
        getSimilar(found, signal).then((similar) => tell({ similar })),
        ...(found.acts?.includes('dispatch') ? [tryRules(found, signal).then((routed) => tell({ routed }))] : []),
      ]
      await Promise.allSettled(side) // the case can be worked on without them
    } catch (error) {
      if (!signal.aborted) tell({ error: asError(error) })
    }
  }

  function choose(id: string | null): void {
    asking.abort()
    asking = new AbortController()
    store.update((state) => ({ ...state, open: id ? { id, case: null, history: null, similar: [], routed: null, error: null } : null, head: null, problem: null }))
    if (id) void load(id, asking.signal)
  }

  async function working<T>(ask: () => Promise<T>): Promise<T | null> {
    store.update((state) => ({ ...state, busy: true, problem: null, done: null, results: null }))
    try {
      return await keeping(stopped.signal, ask)
    } catch (error) {
      if (!stopped.signal.aborted) store.update((state) => ({ ...state, problem: asError(error) }))
      return null
    } finally {
      store.update((state) => ({ ...state, busy: false }))
    }
  }

  async function apply(of: Case, action: Action): Promise<Case | null> {
    const next = await working(() => sendAct(of.id, action, stopped.signal))
    if (next) {
      store.update((state) => (state.open?.id === of.id ? { ...state, open: { ...state.open, case: next } } : state))
      if (store.get().open?.id === of.id) void load(of.id, asking.signal)
    }
    return next
  }

  return {
    store,
    start: () => {
      getUnits(stopped.signal)
        .then((units) => store.update((state) => ({ ...state, units })))
        .catch(() => undefined) // then only what the rules name can be chosen
    },
    stop: () => {
      stopped.abort()
      asking.abort()
      finding.abort()
    },
    choose,
    renew: () => {
      const { open } = store.get()
      if (open) void load(open.id, asking.signal)
    },
    async do(act, fields) {
      const of = store.get().open?.case
      if (!of) return false
      const next = await apply(of, { id: newID(), act, seq: of.seq, ...fields })
      if (next) store.update((state) => ({ ...state, done: { number: of.number, act, undo: null, into: '' } }))
      return next !== null
    },
    async merge(into, note) {
      const of = store.get().open?.case
      if (!of) return false
      const next = await apply(of, { id: newID(), act: 'merge', seq: of.seq, case: into.id, ...(note ? { note } : {}) })
      if (next) store.update((state) => ({ ...state, done: { number: of.number, act: 'merge', undo: of.id, into: into.number } }))
      return next !== null
    },
    async undoMerge() {
      const { done } = store.get()
      const id = done?.undo
      if (!id) return
      const back = await working(() => sendAct(id, { id: newID(), act: 'unmerge' }, stopped.signal))
      if (!back) return store.update((state) => ({ ...state, done }))
      store.update((state) => ({ ...state, done: { number: back.number, act: 'unmerge', undo: null, into: '' } }))
      choose(id)
    },
    seen: () => store.update((state) => ({ ...state, done: null })),
    async many(act, note, unit) {
      const cases = [...store.get().picked]
      const action: Action = { id: newID(), act, ...(note ? { note } : {}), ...(act === 'dispatch' ? { handler: { kind: 'unit', code: unit } } : {}) }
      const results = await working(() => actOnMany(cases, action, stopped.signal))
      if (results) store.update((state) => ({ ...state, results, picked: new Set(results.filter((r) => !r.ok).map((r) => r.case)) }))
    },
    showHead() {
      const of = store.get().open?.case
      if (!of?.head) return
      const { head } = of
      const { signal } = asking
      const chosen: Chosen = { picked: { layer: 'heads', id: head.id }, status: 'loading', error: null, card: null, head, homes: [], outline: null, children: [], at: [of.place.lon, of.place.lat] }
      store.update((state) => ({ ...state, head: { chosen, cases: null } }))
      const tell = (change: (view: HeadView) => HeadView) => store.update((state) => (state.head && !signal.aborted ? { ...state, head: change(state.head) } : state))
      void learn(chosen.picked, () => true, signal, (news) => tell((view) => ({ ...view, chosen: { ...view.chosen, ...news } })))
      findCases(new URLSearchParams({ open: 'true', head: head.id, limit: '100' }), signal)
        .then((page) => tell((view) => ({ ...view, cases: page.cases ?? [] })))
        .catch(() => undefined) // the households are lit all the same
    },
    find(text) {
      finding.abort()
      finding = new AbortController()
      const { signal } = finding
      store.update((state) => ({ ...state, text, found: null, problem: null }))
      if (text === '') return
      findCases(new URLSearchParams({ text, limit: '50' }), signal)
        .then(({ cases, total }) => store.update((state) => ({ ...state, found: { cases: cases ?? [], total } })))
        .catch((error: unknown) => {
          if (!signal.aborted) store.update((state) => ({ ...state, problem: asError(error) }))
        })
    },
    look: (text) => keeping(stopped.signal, async () => (await findCases(new URLSearchParams({ text, limit: '8' }), stopped.signal)).cases ?? []),
    pick: (picked) => store.update((state) => ({ ...state, picked, results: null })),
    want: (change, standing) => store.update((state) => ({ ...state, wanted: { ...state.wanted, ...change }, standing })),
  }
}

/** Where a case is. */
export const placeOf = (c: Pick<Case, 'place'>): LonLat => [c.place.lon, c.place.lat]

/** A case as the list draws it. */
export function pinOf(c: Case): Pin {
  return {
    id: c.id, number: c.number, seq: c.seq, lon: c.place.lon, lat: c.place.lat, category: c.category, state: c.state, urgency: c.urgency ?? 'hard', rung: c.rung ?? '',
    areas: (c.areas ?? []).map((a) => a.id), unit: c.handler?.name ?? '', reportedAt: c.reportedAt, since: c.since,
    due: c.clock.state === 'running' ? c.clock.due : null, at: c.since,
  }
}

/** The export of what the filters let through. */
export function csvAddress({ tab, root, area, urgency }: Wanted, text: string): string {
  const states: Partial<Record<Wanted['tab'], string>> = { verify: 'reported', dispatch: 'filed', asks: 'return_asked,extension_asked,suspension_asked', check: 'done' }
  const state = states[tab]
  const query = new URLSearchParams({
    ...(text ? { text } : { open: 'true', ...(state ? { state } : {}), ...(tab === 'late' ? { late: 'true' } : {}) }),
    ...(root ? { category: root } : {}), ...(area ? { area } : {}), ...(urgency ? { urgency } : {}),
  })
  return `/api/v1/cases.csv?${query}`
}
