import { ApiError } from '../api/client'
import type { AreaRef, Card, Config, HeadRef, LayerName, LonLat } from '../api/types'
import type { Picked } from '../map/pick'
import type { View } from '../map/view'
import { hiddenAtFirst, type Switch } from '../style/options'
import type { Theme } from '../style/palette'
import type { Mode } from './address'

/** How it stands between this page and the server. Times are epoch milliseconds. */
export interface Connection {
  state: 'starting' | 'online' | 'lost'
  /** As of when the map is: when the server last answered, or what its answer was then; 0 for never. */
  goodAt: number
  /** When it will be asked again; 0 while it is being asked. */
  retryAt: number
  failures: number
  /** Why it is lost; null where the server has answered, and cannot ask its database. */
  error: ApiError | null
}

/** One household of a neighbor head. */
export interface Home {
  id: string
  code: string
  name: string
  at: LonLat | null
}

/** What is chosen, as far as it has come in. */
export interface Chosen {
  picked: Picked
  status: 'loading' | 'ready' | 'failed'
  error: ApiError | null
  card: Card | null
  /** The head whose homes are lit: the chosen one, or the chosen household's. */
  head: HeadRef | null
  homes: Home[]
  /** The chosen area's border. */
  outline: GeoJSON.Polygon | GeoJSON.MultiPolygon | null
  /** What the chosen area is divided into. */
  children: Child[]
  /** Where the chosen case is. */
  at: LonLat | null
}

export interface Child extends AreaRef {
  households: number | null
}

export interface WallState {
  config: Config | null
  connection: Connection
  view: View | null
  theme: Theme
  hidden: ReadonlySet<Switch>
  chosen: Chosen | null
  /** Whether everything in view is drawn. */
  idle: boolean
  /** Somebody had signed in, and the session has ended since. */
  ended: boolean
  /** How often somebody else has come to use the page. */
  viewers: number
  modes: readonly Mode[]
}

export function initialState(theme: Theme): WallState {
  return {
    config: null,
    connection: { state: 'starting', goodAt: 0, retryAt: 0, failures: 0, error: null },
    view: null,
    theme,
    hidden: new Set(hiddenAtFirst),
    chosen: null,
    idle: false,
    ended: false,
    viewers: 0,
    modes: [],
  }
}

/** How often a server is asked that answers from memory. */
const agedMS = 5_000

export function withConfig(state: WallState, config: Config, now: number): WallState {
  const ended = !config.me.signedIn && (state.ended || state.config?.me.signedIn === true)
  // What one may not see any more is not left standing.
  const chosen = state.chosen && (sees(config, state.chosen.picked.layer) || !state.config) ? state.chosen : null
  const viewers = state.viewers + (state.config && viewerOf(state.config) !== viewerOf(config) ? 1 : 0)
  const aged = config.lag > 0
  const connection: Connection = { state: aged ? 'lost' : 'online', goodAt: now - config.lag * 1000, retryAt: aged ? now + agedMS : 0, failures: 0, error: null }
  // The same again is the same: nothing that depends on it begins anew.
  const kept = state.config && JSON.stringify(state.config) === JSON.stringify(config) ? state.config : config
  return { ...state, config: kept, chosen, ended, viewers, connection }
}

/** Whether a layer is shown to whoever asks. */
export function sees(config: Config | null, layer: LayerName): boolean {
  if (layer === 'cases' && config?.me.rights.some((right) => right === 'see_cases' || right === 'report_cases')) return true
  return config?.layers.some((l) => l.name === layer) ?? false
}

/** Differs whenever somebody else asks, or may do something else. */
export function viewerOf({ me }: Pick<Config, 'me'>): string {
  return JSON.stringify([me.signedIn ? me.login : null, me.rights, me.roles])
}

/** Seconds until the next try after so many failures in a row: 1, 2, 4 … 30. */
export function backoffSeconds(failures: number): number {
  return Math.min(30, 2 ** Math.max(0, failures - 1))
}

export function withLoss(state: WallState, error: ApiError, now: number): WallState {
  const failures = state.connection.failures + 1
  return { ...state, connection: { ...state.connection, state: 'lost', failures, error, retryAt: now + backoffSeconds(failures) * 1000 } }
}

export function trying(state: WallState): WallState {
  return { ...state, connection: { ...state.connection, retryAt: 0 } }
}

/** What is known of a choice that nothing has come in for. */
export const forgotten = { error: null, card: null, head: null, homes: [], outline: null, children: [], at: null } satisfies Partial<Chosen>

export function picking(state: WallState, picked: Picked | null): WallState {
  if (!picked) return state.chosen ? { ...state, chosen: null } : state
  return { ...state, chosen: { picked, status: 'loading', ...forgotten } }
}

/** Adds what came in, unless something else has been chosen meanwhile. */
export function learned(state: WallState, picked: Picked, news: Partial<Omit<Chosen, 'picked'>>): WallState {
  if (!same(state.chosen?.picked ?? null, picked) || !state.chosen) return state
  return { ...state, chosen: { ...state.chosen, ...news } }
}

export function same(a: Picked | null, b: Picked | null): boolean {
  return a?.layer === b?.layer && a?.id === b?.id
}

export function toggled(state: WallState, name: Switch): WallState {
  const hidden = new Set(state.hidden)
  if (!hidden.delete(name)) hidden.add(name)
  return { ...state, hidden }
}

/** The layers that have changed since; none if nothing was known before, all if somebody else asks. */
export function changedLayers(before: Config | null, after: Config): LayerName[] {
  if (!before) return []
  if (viewerOf(before) !== viewerOf(after)) return after.layers.map((l) => l.name)
  const versions = new Map(before.layers.map((l) => [l.name, l.version]))
  return after.layers.filter((l) => versions.get(l.name) !== l.version).map((l) => l.name)
}

/** Whether there is nothing to look at yet. */
export function isEmpty(config: Config): boolean {
  return config.layers.every((l) => l.count === 0)
}
