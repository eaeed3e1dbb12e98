import { ApiError, getConfig } from '../api/client'
import type { BBox, Card, Config, Hit, LayerName, LonLat } from '../api/types'
import type { MapAdapter, Scene } from '../map/adapter'
import type { Picked } from '../map/pick'
import type { Padding } from '../map/view'
import { createStore, type Store } from '../store'
import type { Switch } from '../style/options'
import type { Theme } from '../style/palette'
import { modes, readAddress, writeAddress, type Mode } from './address'
import { learn } from './learn'
import { dims, litPoints, nothing, overlayOf } from './overlay'
import { changedLayers, forgotten, initialState, isEmpty, learned, picking, same, sees, toggled, trying, withConfig, withLoss, type Chosen, type WallState } from './state'
import { boundsOf } from '../map/view'

/** How often a server that answers is asked what it holds. */
const beatMS = 10_000
/** Zooms at which a searched point, and at most an area, is looked at. */
const pointZoom = 17.6
const areaZoom = 17

export interface Wall {
  store: Store<WallState>
  /** Connects the map; what panels leave free of it is asked for when needed. */
  attach(adapter: MapAdapter, room: () => Padding): void
  start(): void
  stop(): void
  pick(picked: Picked | null): void
  /** Picks something whose place is not known yet, and goes there once it is. */
  seek(picked: Picked): void
  /** Picks and goes there. */
  visit(place: Place): void
  wholeTown(): void
  setTheme(theme: Theme): void
  toggle(name: Switch): void
  retry(): void
  /** Tiles did not come: asks whether the server is still there. */
  suspect(): void
  /** Where the chosen case is, once that is known or has changed. */
  placed(id: string, at: LonLat): void
  look(center: LonLat, zoom: number): void
  setMode(mode: Mode, on: boolean): void
}

export type Place = Pick<Hit, 'layer' | 'id' | 'lon' | 'lat'> & { bbox?: BBox | undefined }

/** Drives the wall's state: asks the server, keeps the address, moves the map. */
export function createWall(theme: Theme): Wall {
  const store = createStore(fromAddress(initialState(theme)))
  const stopped = new AbortController()
  let adapter: MapAdapter | null = null
  let room: () => Padding = () => ({ top: 0, right: 0, bottom: 0, left: 0 })
  let asking: AbortController | null = null
  let asked = false
  let beat: ReturnType<typeof setTimeout> | undefined

  async function ask(): Promise<void> {
    clearTimeout(beat)
    asked = true
    store.update(trying)
    const before = store.get()
    try {
      const config = await getConfig(stopped.signal)
      store.update((state) => withConfig(state, config, Date.now()))
      const { state, retryAt } = store.get().connection
      const back = before.connection.state === 'lost' && state === 'online'
      const changed = changedLayers(before.config, config)
      if (back || changed.length > 0) {
        adapter?.refresh(back ? undefined : changed)
        renew()
      }
      if (before.chosen && !store.get().chosen) asking?.abort()
      if (before.config && isEmpty(before.config)) wholeTown()
      // What the address names waits for the answer to who is asking.
      if (!before.config && before.chosen) pick(before.chosen.picked)
      beat = setTimeout(ask, retryAt > 0 ? retryAt - Date.now() : beatMS)
    } catch (error) {
      if (stopped.signal.aborted) return
      const problem = error instanceof ApiError ? error : new ApiError('failed', 0)
      store.update((state) => withLoss(state, problem, Date.now()))
      beat = setTimeout(ask, store.get().connection.retryAt - Date.now())
    } finally {
      asked = false
    }
  }

  /** Whether a layer is shown to whoever looks. */
  const shown = (layer: LayerName) => sees(store.get().config, layer)

  function pick(picked: Picked | null, go = false): void {
    asking?.abort()
    store.update((state) => picking(state, picked))
    // A case is fetched by its own card, which also says where it is.
    if (!picked || picked.layer === 'cases') return
    const mine = new AbortController()
    asking = mine
    void learn(picked, shown, mine.signal, (news) => {
      store.update((state) => learned(state, picked, news))
      if (go && news.card) goToCard(news.card)
      if (news.homes || news.outline) bringIntoView()
      if (news.error?.trouble === 'signedOut') suspect()
    })
  }

  /** An area as a whole, a point from near. */
  function goToCard(card: Card): void {
    if (card.bbox) adapter?.fit(card.bbox, room(), areaZoom)
    else goTo(card)
  }

  function goTo({ lon, lat }: { lon: number | null; lat: number | null }): void {
    if (lon !== null && lat !== null) adapter?.flyTo([lon, lat], pointZoom, room())
  }

  function suspect(): void {
    if (!asked && store.get().connection.state === 'online') void ask()
  }

  /** Learns anew of the choice, without a blink of what is known and without moving the map. */
  function renew(): void {
    const { chosen } = store.get()
    if (!chosen) return
    const { picked } = chosen
    if (picked.layer === 'cases') return
    if (chosen.status !== 'ready') return pick(picked)
    asking?.abort()
    const mine = new AbortController()
    asking = mine
    let whole: Partial<Chosen> = forgotten
    void learn(picked, shown, mine.signal, (news) => {
      whole = { ...whole, ...news }
      if (news.status) store.update((state) => learned(state, picked, whole))
    })
  }

  /** Shows all lights of the choice if some are off the screen or under a panel. */
  function bringIntoView(): void {
    const { chosen } = store.get()
    if (!adapter || !chosen || chosen.homes.length === 0) return
    const lit = litPoints(chosen)
    const bounds = boundsOf(lit)
    if (bounds && !adapter.inView(lit, room())) adapter.fit(bounds, room(), pointZoom)
  }

  function visit(place: Place): void {
    pick({ layer: place.layer, id: place.id })
    if (place.bbox) adapter?.fit(place.bbox, room(), areaZoom)
    else goTo(place)
  }

  function wholeTown(): void {
    const bounds = townBounds(store.get().config)
    if (bounds) adapter?.fit(bounds, room(), areaZoom)
  }

  return {
    store,
    attach: (map, free) => {
      adapter = map
      room = free
    },
    start: () => {
      window.addEventListener('online', ask, { signal: stopped.signal })
      window.addEventListener('hashchange', () => follow(store, adapter, pick), { signal: stopped.signal })
      store.subscribe(keepsAddress())
      void ask()
    },
    stop: () => {
      stopped.abort()
      asking?.abort()
      clearTimeout(beat)
    },
    pick: (picked) => pick(picked),
    seek: (picked) => pick(picked, true),
    visit,
    wholeTown,
    setTheme: (next) => store.update((state) => ({ ...state, theme: next })),
    toggle: (name) => store.update((state) => toggled(state, name)),
    retry: () => void ask(),
    suspect,
    placed: (id, at) => {
      const picked: Picked = { layer: 'cases', id }
      const known = store.get().chosen?.at
      if (known?.[0] !== at[0] || known[1] !== at[1]) store.update((state) => learned(state, picked, { at, status: 'ready' }))
    },
    look: (center, zoom) => adapter?.flyTo(center, zoom, room()),
    setMode: (mode, on) => store.update((state) => ({ ...state, modes: modes.filter((name) => (name === mode ? on : state.modes.includes(name))) })),
  }
}

/** The communities, not what lies around them on the base map. */
export function townBounds(config: Config | null): BBox | null {
  const widest = config?.layers.find((l) => l.name === 'communities')?.bounds
  return widest ?? config?.bounds ?? null
}

/** What the map has to show in this state. */
export function sceneOf(state: Pick<WallState, 'theme' | 'hidden' | 'chosen'> & Pick<Scene, 'basemap' | 'layers' | 'cases' | 'heat'>, words: Scene['words'], scale: number): Scene {
  const { theme, hidden, chosen, basemap, layers, cases, heat } = state
  const pins = { ...(cases ? { cases } : {}), ...(heat ? { heat } : {}) }
  return { theme, scale, words, hidden, layers, dimmed: dims(chosen), basemap, chosen: overlayOf(chosen), preview: nothing, ...pins }
}

function fromAddress(state: WallState): WallState {
  const { view, theme, hidden, picked, modes } = readAddress(location.hash)
  return picking({ ...state, view, modes, theme: theme ?? state.theme, hidden: hidden ?? state.hidden }, picked)
}

function addressOf({ view, theme, hidden, chosen, modes }: WallState): string {
  return writeAddress({ view, theme, hidden, modes, picked: chosen?.picked ?? null })
}

/** Writes the address when what it says has changed: other news must not take back what somebody has just edited it to. */
function keepsAddress(): (state: WallState) => void {
  let kept: string | null = null
  return (state) => {
    const hash = addressOf(state)
    if (hash === kept) return
    kept = hash
    if (hash !== location.hash) history.replaceState(null, '', `${location.pathname}${location.search}${hash}`)
  }
}

/** Goes where somebody edited the address to. */
function follow(store: Store<WallState>, adapter: MapAdapter | null, pick: (picked: Picked | null) => void): void {
  const { view, theme, hidden, picked } = readAddress(location.hash)
  const before = store.get()
  store.update((state) => ({ ...state, theme: theme ?? state.theme, hidden: hidden ?? state.hidden }))
  if (view) adapter?.jumpTo(view)
  if (!same(picked, before.chosen?.picked ?? null)) pick(picked)
}
