import type { BBox, LayerInfo, LayerName } from '../api/types'
import { request } from '../api/client'
import type { ReadTile } from '../map/adapter'
import type { Switch } from '../style/options'
import { lastZoom, tileSources, type TileSource } from '../style/style'
import { nearestZoom, tilesOver } from './cover'
import { answer, finished, read, writing } from './db'

/** The most that is kept of the map, in tiles of one source and in bytes of all. */
const mostTiles = 250
const mostBytes = 30 * 1024 * 1024
const tileTimeoutMS = 30_000

interface Row {
  key: string
  /** The versions of the layers in it; equal to the present ones, the server need not be asked. */
  stamp: string
  bytes: ArrayBuffer
}

export interface OfflineMap {
  read: ReadTile
  /** Learns what the viewer is shown, and where the own territory lies. */
  know(layers: readonly LayerInfo[], own: BBox | null): void
  /** Fetches what the own territory lacks; gently, and until the signal. */
  fill(hidden: ReadonlySet<Switch>, signal: AbortSignal): Promise<void>
}

/** The map of the own territory, kept on the phone; elsewhere it comes from the server. */
export function createOfflineMap(db: IDBDatabase): OfflineMap {
  let versions = new Map<LayerName, string>()
  let own: BBox | null = null
  let kept = new Set<string>()

  const layersIn = (path: string) => (/^\/tiles\/([a-z,]+)/.exec(path)?.[1] ?? '').split(',') as LayerName[]
  const stampOf = (path: string) => layersIn(path).map((layer) => versions.get(layer) ?? '').join(' ')

  async function fresh(path: string, signal: AbortSignal): Promise<ArrayBuffer> {
    const response = await request(path, signal, {}, tileTimeoutMS)
    const bytes = path.endsWith('.json') ? nearer(await response.text()) : await response.arrayBuffer()
    if (path.endsWith('.json') || kept.has(path)) {
      const tx = db.transaction('tiles', 'readwrite')
      tx.objectStore('tiles').put({ key: path, stamp: stampOf(path), bytes } satisfies Row)
      await finished(tx)
    }
    return bytes
  }

  async function readTile(path: string, signal: AbortSignal): Promise<ArrayBuffer> {
    const row = await read<Row>(db, 'tiles', path)
    // Copied on the way: MapLibre hands the bytes on to its worker.
    if (row && row.stamp === stampOf(path)) return row.bytes
    if (row && !navigator.onLine) return row.bytes
    try {
      return await fresh(path, signal)
    } catch (error) {
      if (row && !signal.aborted) return row.bytes
      throw error
    }
  }

  /** The addresses of the own territory's map, TileJSON first, then from afar to near. */
  function wanted(hidden: ReadonlySet<Switch>): string[] {
    const paths: string[] = []
    const bases: { base: string; last: number }[] = []
    for (const name of Object.keys(tileSources) as TileSource[]) {
      const shown = tileSources[name].split(',').filter((layer) => versions.has(layer as LayerName))
      if (shown.length === 0) continue
      paths.push(`/tiles/${shown.join(',')}.json`)
      if (shown.some((layer) => !hidden.has(layer as Switch))) bases.push({ base: `/tiles/${shown.join(',')}`, last: lastZoom[name] ?? nearestZoom })
    }
    const tiles = own ? tilesOver(own, mostTiles) : []
    return [...paths, ...tiles.flatMap(({ z, x, y }) => bases.flatMap(({ base, last }) => (z <= last ? [`${base}/${z}/${x}/${y}.mvt`] : [])))]
  }

  return {
    read: readTile,
    know(layers, territory) {
      versions = new Map(layers.map((layer) => [layer.name, layer.version]))
      own = territory
    },
    async fill(hidden, signal) {
      const paths = wanted(hidden)
      kept = new Set(paths)
      let bytes = await dropOthers(db, kept)
      for (const path of paths) {
        if (signal.aborted || bytes > mostBytes) return
        const row = await read<Row>(db, 'tiles', path)
        if (row?.stamp === stampOf(path)) continue
        bytes += (await fresh(path, signal)).byteLength
      }
    },
  }
}

/** Takes out what is not wanted any more; the bytes that stay. */
async function dropOthers(db: IDBDatabase, wanted: ReadonlySet<string>): Promise<number> {
  const tx = writing(db, 'tiles')
  const store = tx.objectStore('tiles')
  let bytes = 0
  const request = store.openCursor()
  for (let cursor = await answer(request); cursor; cursor = await answer(request)) {
    const { key, bytes: held } = cursor.value as Row
    if (wanted.has(key)) bytes += held.byteLength
    else cursor.delete()
    cursor.continue()
  }
  await finished(tx)
  return bytes
}

/** A TileJSON whose nearest tiles are those that are kept. */
function nearer(text: string): ArrayBuffer {
  const json = JSON.parse(text) as { maxzoom?: number }
  json.maxzoom = Math.min(json.maxzoom ?? nearestZoom, nearestZoom)
  return new TextEncoder().encode(JSON.stringify(json)).buffer
}
