import { GeoJSONSource, Marker, type Map as MapLibreMap } from 'maplibre-gl'
import type { LonLat } from '../api/types'
import type { PinLook } from '../style/cases'
import { diffPins, type DrawnPin } from './pindiff'

const sourceName = 'cases'

/** What lies under a click on a cluster. */
export interface ClusterHit {
  at: LonLat
  /** Zoom at which it comes apart. */
  zoom: number
  ids: string[]
}

export interface PinLayer {
  /** Draws these pins; only what has changed since is sent. Calls drawn in the frame that shows them. */
  show(pins: ReadonlyMap<string, DrawnPin>, drawn?: () => void): void
  /** Where something new has come: a slow pulse, for as long as it is named. */
  pulse(fresh: readonly { id: string; at: LonLat; stand: PinLook['stand'] }[]): void
  cluster(id: number, at: LonLat): Promise<ClusterHit>
  /** How many cases the drawn pins and clusters stand for. */
  count(): number
  /** Sends everything again where the style has made the source anew. */
  restyled(): void
}

export function createPinLayer(map: MapLibreMap): PinLayer {
  let sent: ReadonlyMap<string, DrawnPin> = new Map()
  let wanted: ReadonlyMap<string, DrawnPin> = sent
  let known: GeoJSONSource | null = null
  let waiting: (() => void)[] = []
  const pulses = new Map<string, Marker>()

  const source = () => {
    const found = map.getSource(sourceName)
    return found instanceof GeoJSONSource ? found : null
  }

  function send(): void {
    const now = source()
    if (!now) return
    if (now !== known) {
      known = now
      sent = wanted
      void now.setData({ type: 'FeatureCollection', features: [...wanted.values()].map(featureOf) })
      return
    }
    const { gone, changed } = diffPins(sent, wanted)
    sent = wanted
    if (gone.length > 0 || changed.length > 0) void now.updateData({ remove: gone, add: changed.map(featureOf) })
  }

  /** A frame after the source has all its tiles shows them. */
  map.on('render', () => {
    if (waiting.length === 0 || !source() || !map.isSourceLoaded(sourceName)) return
    const list = waiting
    waiting = []
    list.forEach((tell) => tell())
  })

  return {
    show(pins, drawn) {
      wanted = pins
      send()
      if (drawn) waiting.push(drawn)
    },
    restyled: () => {
      if (source() !== known) send()
    },
    pulse(fresh) {
      for (const [id, marker] of pulses) {
        if (fresh.some((one) => one.id === id)) continue
        marker.remove()
        pulses.delete(id)
      }
      for (const { id, at, stand } of fresh) {
        if (!pulses.has(id)) pulses.set(id, new Marker({ element: ripple(stand) }).setLngLat(at).addTo(map))
      }
    },
    async cluster(id, at) {
      const from = source()
      if (!from) return { at, zoom: map.getZoom(), ids: [] }
      const [zoom, leaves] = await Promise.all([from.getClusterExpansionZoom(id), from.getClusterLeaves(id, 200, 0)])
      return { at, zoom, ids: leaves.flatMap((leaf) => (typeof leaf.properties?.['id'] === 'string' ? [leaf.properties['id']] : [])) }
    },
    count: () => countDrawn(map),
  }
}

function featureOf({ look, at }: DrawnPin): GeoJSON.Feature {
  return { type: 'Feature', properties: { ...look }, geometry: { type: 'Point', coordinates: at } }
}

/** Seen by the eye only: the list of news says the same in words. */
function ripple(stand: string): HTMLElement {
  const element = document.createElement('div')
  element.className = `pulse ${stand}`
  element.setAttribute('aria-hidden', 'true')
  element.append(document.createElement('span'))
  return element
}

/** A cluster is in every tile that its margin touches, and counts once. */
function countDrawn(map: MapLibreMap): number {
  if (!map.getLayer('cases-ground')) return 0
  const counts = new Map<string, number>()
  for (const { properties } of map.queryRenderedFeatures({ layers: ['cases-ground'] })) {
    counts.set(String(properties['cluster_id'] ?? properties['id']), Number(properties['point_count'] ?? 1))
  }
  return [...counts.values()].reduce((sum, n) => sum + n, 0)
}
