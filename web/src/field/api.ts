import { ApiError, getItem, getItems, getJSON } from '../api/client'
import type { AreaLayer, BBox, Config, LonLat } from '../api/types'
import type { Handler, Phase } from '../cases/types'
import type { Message } from '../message'
import { boundsOf } from '../map/view'

export interface Category {
  code: string
  /** Code; empty at the root. */
  parent: string
  class: 'component' | 'event'
  title: Message
  icon: string
  urgency: string
  usual?: boolean
  retired?: boolean
}

/** What the phone shows of a case; the server has more. */
export interface Case {
  id: string
  number: string
  state: string
  category: string
  urgency: string
  visibility?: string
  /** What its mediation came to. */
  outcome?: string
  note?: string
  place: { lon: number; lat: number; accuracy: number; placed: string }
  areas?: { layer: string; id: string; code: string; name: string }[] | null
  doubt?: { layer: string; id: string; code: string; name: string }[] | null
  head?: { id: string; code: string; name: string } | null
  handler?: Handler | null
  helpers?: Handler[] | null
  phases?: Phase[] | null
  photos?: { id: string; seq: number }[] | null
  clock?: { state: string; due: string; lateAt?: string | null }
  reportedAt: string
  changedAt: string
  /** What the viewer could do now. */
  acts?: string[] | null
}

export interface Similar {
  case: Case
  metres: number
  sameCategory: boolean
}

export async function getCategories(signal: AbortSignal): Promise<Category[]> {
  return (await getJSON<{ categories: Category[] | null }>('/api/v1/categories', signal)).categories ?? []
}

export async function getMyCases(signal: AbortSignal): Promise<Case[]> {
  return (await getJSON<{ cases: Case[] | null }>('/api/v1/cases?mine=true&order=due&limit=200', signal)).cases ?? []
}

export async function getNear([lon, lat]: LonLat, category: string, signal: AbortSignal): Promise<Similar[]> {
  const query = new URLSearchParams({ lon: lon.toFixed(7), lat: lat.toFixed(7), category })
  return (await getJSON<{ similar: Similar[] | null }>(`/api/v1/cases/similar?${query}`, signal)).similar ?? []
}

export interface Home {
  id: string
  code: string
  name: string
  at: LonLat | null
}

/** The households of a neighbor head's own: the server shows no others. */
export async function getHomes(signal: AbortSignal): Promise<Home[]> {
  const { features } = await getItems<{ code: string; name?: string }>('households', {}, 200, signal)
  return features.map(({ id, geometry, properties }) => ({
    id,
    code: properties.code,
    name: properties.name ?? properties.code,
    at: geometry?.type === 'Point' ? (geometry.coordinates as LonLat) : null,
  }))
}

/** Where somebody works: an outline to look at where there is one, and what to show of the map. */
export interface Ground {
  outline: GeoJSON.Polygon | GeoJSON.MultiPolygon | null
  bounds: BBox | null
}

const areaLayers: AreaLayer[] = ['grids', 'groups', 'communities', 'streets', 'counties']

/**
 * The own ground: the area that a role is held for; else the extent of the households
 * that are shown, which are a head's own; else the town.
 */
export async function getGround(config: Config, signal: AbortSignal): Promise<Ground> {
  const area = config.me.roles.map((role) => role.scope).find((scope) => scope?.kind === 'area')
  if (area) {
    for (const layer of areaLayers) {
      if (!config.layers.some((l) => l.name === layer)) continue
      try {
        const { geometry } = await getItem<object>(layer, area.id, signal)
        if (geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon') return { outline: geometry, bounds: boundsOfArea(geometry) }
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error
      }
    }
  }
  const bounds = (name: string) => config.layers.find((l) => l.name === name)?.bounds ?? null
  return { outline: null, bounds: bounds('households') ?? bounds('communities') ?? config.bounds }
}

function boundsOfArea(area: GeoJSON.Polygon | GeoJSON.MultiPolygon): BBox | null {
  return boundsOf((area.type === 'Polygon' ? area.coordinates.flat() : area.coordinates.flat(2)) as LonLat[])
}
