import { AJAXError, VectorTileSource, type ErrorEvent, type Map as MapLibreMap, type MapSourceDataEvent, type Tile } from 'maplibre-gl'
import { problemOf } from '../api/client'
import { createRetries, passes } from './retries'

/** Reads a source's TileJSON anew, since its bounds may have grown, and then its tiles. */
export function reload(map: MapLibreMap, name: string): void {
  const source = map.getSource(name)
  if (source instanceof VectorTileSource && source.url) source.setUrl(source.url)
}

/**
 * Asks again for tiles that could not be had for now, those that are still in view, and for
 * TileJSON. What it returns ends that.
 */
export function fillHoles(map: MapLibreMap): () => void {
  const tiles = new WeakSet<Tile>()
  const sources = new Set<string>()
  const holes = (name: string) => failedIn(map, name).filter((tile) => tiles.has(tile))

  const retries = createRetries(() => {
    for (const name of namesOf(map)) {
      if (sources.has(name)) reload(map, name)
      else nearest(holes(name)).forEach((tile) => ask(map, name, tile))
    }
  })
  map.on('error', ({ error, sourceId, tile }: ErrorEvent & { sourceId?: string; tile?: Tile }) => {
    if (sourceId === undefined) return
    // A map rests after a frame, and MapLibre draws none for what did not come.
    map.triggerRepaint()
    if (tile) tiles.delete(tile)
    if (!(error instanceof AJAXError) || !passes(error.status)) return
    if (tile) tiles.add(tile)
    else sources.add(sourceId)
    const { status, body } = error
    void body.text().then((said) => retries.missed(problemOf(status, said).details.retryAfterS))
  })
  // Comes just before MapLibre reads the source's tiles anew.
  map.on('sourcedata', ({ sourceId, sourceDataType }: MapSourceDataEvent) => {
    if (sourceDataType !== 'metadata') return
    sources.delete(sourceId)
    failedIn(map, sourceId).forEach(begin)
  })
  map.on('idle', () => {
    if (namesOf(map).some((name) => sources.has(name) || holes(name).length > 0)) retries.missed(0)
    else retries.whole()
  })
  return retries.stop
}

const namesOf = (map: MapLibreMap) => Object.keys(map.style.tileManagers)

function failedIn(map: MapLibreMap, name: string): Tile[] {
  const manager = map.style.tileManagers[name]
  return (manager?.getIds() ?? []).flatMap((id) => {
    const tile = manager?.getTileByID(id)
    return tile?.state === 'errored' ? [tile] : []
  })
}

/** For a tile that failed MapLibre also tries those that it lies in. */
function nearest(tiles: readonly Tile[]): readonly Tile[] {
  const zoom = Math.max(...tiles.map((tile) => tile.tileID.overscaledZ))
  return tiles.filter((tile) => tile.tileID.overscaledZ === zoom)
}

/**
 * Asks for it as for a tile that was never there. `refreshTiles` would take it for one that
 * has something to show, and hide those of other zooms that stand in for it.
 */
function ask(map: MapLibreMap, name: string, tile: Tile): void {
  begin(tile)
  void map.style.tileManagers[name]?._reloadTile(tile.tileID.key, 'loading')
}

/**
 * Takes from a tile that failed all that it had. With a worker of its own MapLibre would not
 * ask for it but wait for an answer that is not under way, and the map would never rest; with
 * an ETag it would be content that nothing has changed.
 */
function begin(tile: Tile): void {
  tile.unloadVectorData()
  tile.state = 'errored'
  delete tile.etag
  Reflect.deleteProperty(tile, 'actor')
}
