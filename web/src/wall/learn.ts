import { ApiError, getCard, getItem, getItems } from '../api/client'
import type { AreaLayer, Card, HeadRef, Item, LayerName, LonLat } from '../api/types'
import type { Picked } from '../map/pick'
import { inside } from './inside'
import type { Child, Chosen, Home } from './state'

/** Whether a layer is shown to whoever looks. */
type Shown = (layer: LayerName) => boolean
type Tell = (news: Partial<Omit<Chosen, 'picked'>>) => void

/** No head looks after more homes than a page of items holds; areas hold fewer parts too. */
const pageLimit = 1000

/** What an area is divided into, as its card lists it. */
const divisions: Partial<Record<LayerName, LayerName>> = { counties: 'streets', streets: 'communities', communities: 'grids' }

const areaLayers: readonly LayerName[] = ['counties', 'streets', 'communities', 'groups', 'grids', 'cells'] satisfies AreaLayer[]

export function isArea(layer: LayerName): boolean {
  return areaLayers.includes(layer)
}

/**
 * Fetches what is known of the choice and tells each part as it comes: the
 * card first, then the head's homes, or an area's border and parts.
 */
export async function learn(picked: Picked, shown: Shown, signal: AbortSignal, tell: Tell): Promise<void> {
  try {
    const card = await getCard(picked.layer, picked.id, signal)
    const head = headOf(card)
    tell({ card, head })
    if (head && shown('households')) tell({ homes: await homesOf(head, signal) })
    if (isArea(picked.layer)) await learnArea(card, shown, signal, tell)
    tell({ status: 'ready' })
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof ApiError)) throw error
    tell({ status: 'failed', error })
  }
}

function headOf(card: Card): HeadRef | null {
  if (card.layer === 'heads') return card
  return card.head ?? null
}

async function homesOf(head: HeadRef, signal: AbortSignal): Promise<Home[]> {
  const { features } = await getItems<{ code: string; name?: string }>('households', { head: head.code }, pageLimit, signal)
  return features.map(({ id, geometry, properties }) => ({ id, code: properties.code, name: properties.name ?? properties.code, at: pointOf(geometry) }))
}

function pointOf(geometry: GeoJSON.Geometry | null): LonLat | null {
  if (geometry?.type === 'MultiPoint') return (geometry.coordinates[0] as LonLat | undefined) ?? null
  return geometry?.type === 'Point' ? (geometry.coordinates as LonLat) : null
}

type Properties = { code: string; name?: string | null; households?: number | null }

async function learnArea(card: Card, shown: Shown, signal: AbortSignal, tell: Tell): Promise<void> {
  const { geometry } = await getItem<Properties>(card.layer, card.id, signal)
  const outline = geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon' ? geometry : null
  tell({ outline })
  const division = divisions[card.layer]
  if (division && shown(division)) {
    const { features } = await getItems<Properties>(division, { parent: card.code }, pageLimit, signal)
    tell({ children: inOrder(features.map((item) => childOf(division, item))) })
  } else if (!division && outline && card.bbox && shown('heads')) {
    const { features } = await getItems<Properties>('heads', { bbox: card.bbox.join(',') }, pageLimit, signal)
    tell({ children: inOrder(features.filter(({ geometry: at }) => within(outline, at)).map((item) => childOf('heads', item))) })
  }
}

function within(outline: GeoJSON.Polygon | GeoJSON.MultiPolygon, geometry: GeoJSON.Geometry | null): boolean {
  const at = pointOf(geometry)
  return at !== null && inside(outline, at)
}

function inOrder(children: Child[]): Child[] {
  return children.sort((a, b) => a.code.localeCompare(b.code))
}

function childOf(layer: LayerName, { id, properties }: Item<Properties>): Child {
  return { layer, id, code: properties.code, name: properties.name || properties.code, households: properties.households ?? null }
}
