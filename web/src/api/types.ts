/** The shapes that the server's JSON has; see docs/api.md. */
import type { Message } from '../message'

export type LayerName =
  | 'counties' | 'streets' | 'communities' | 'groups' | 'grids' | 'cells'
  | 'households' | 'heads' | 'links' | 'units' | 'cases'
  | 'buildings' | 'roads' | 'water' | 'green'

export type AreaLayer = 'counties' | 'streets' | 'communities' | 'groups' | 'grids' | 'cells'

/** West, south, east, north in EPSG:4326 degrees. */
export type BBox = [number, number, number, number]
/** Longitude first. */
export type LonLat = [number, number]

export interface LayerInfo {
  name: LayerName
  kind: 'area' | 'household' | 'head' | 'link' | 'unit' | 'case' | 'base'
  level?: string
  title: Message
  shape: 'point' | 'line' | 'polygon'
  minZoom: number
  detailZoom: number
  /** Another one whenever what the layer shows has changed. */
  version: string
  count: number
  bounds: BBox | null
  fields: Field[]
}

export interface Field {
  name: string
  type: 'string' | 'integer'
  title: Message
  required?: boolean
  import?: boolean
  tile?: boolean
  values?: string[]
}

/** A MapLibre source that an operator configured to lie under everything. */
export interface Basemap {
  type: 'raster' | 'vector'
  tiles?: string[]
  url?: string
  tileSize?: number
  attribution?: string
}

export interface Config {
  name: Message
  version: string
  center: LonLat | null
  bounds: BBox | null
  maxZoom: number
  uploadBytes: number
  basemap: Basemap | null
  /** Only those that are shown to whoever asks. */
  layers: LayerInfo[]
  me: Me
  /** How many seconds ago this was last known to be the present; 0 unless the server cannot ask its database. */
  lag: number
}

export type Right =
  | 'see_units' | 'see_households' | 'see_persons' | 'unmask_persons'
  | 'report_cases' | 'see_cases' | 'see_restricted_cases' | 'verify_cases' | 'handle_cases' | 'dispatch_cases' | 'check_cases'
  | 'hold_meetings' | 'manage_rules'
  | 'import' | 'read_audit' | 'manage_accounts' | 'read_metrics'

/** A role that somebody holds, for a place and a period. */
export interface HeldRole {
  role: string
  title: Message
  for: Message
  /** The id is zeros for everywhere. */
  scope: { kind: 'everywhere' | 'area' | 'unit' | 'head'; id: string }
  from: string
  to: string | null
}

/** Who is asking. A visitor has no login, no rights and no roles. */
export interface Me {
  signedIn: boolean
  login: string
  /** The password is one-time: nothing works before it is changed. */
  mustChange: boolean
  /** Whether /login/sso leads to a single sign-on. */
  sso: boolean
  rights: Right[]
  roles: HeldRole[]
  /** The pages that have something to do for whoever asks. */
  pages: string[]
}

export interface Hit {
  layer: LayerName
  id: string
  code: string
  name: string
  within?: string
  lon: number
  lat: number
  bbox?: BBox
}

export interface AreaRef {
  layer: LayerName
  id: string
  code: string
  name: string
}

export interface HeadRef {
  id: string
  code: string
  name: string
  lon: number
  lat: number
}

export interface Card {
  layer: LayerName
  id: string
  code: string
  name: string
  lon: number
  lat: number
  bbox?: BBox
  within: AreaRef[] | null
  counts: Partial<Record<LayerName, number>> | null
  properties: Record<string, string | number | boolean | null>
  areaM2?: number
  head?: HeadRef
  since?: string
}

/** One GeoJSON feature of a collection. */
export interface Item<P> {
  id: string
  geometry: GeoJSON.Geometry | null
  properties: P
}

export interface Items<P> {
  numberMatched: number
  features: Item<P>[]
}
