/**
 * The only door to MapLibre: what the rest of the pages know of a map is here.
 * The map is drawn from a Scene; to change it, show another scene.
 */
import 'maplibre-gl/dist/maplibre-gl.css'
import './map.css'
import { addProtocol, AJAXError, Map as MapLibreMap, setWorkerUrl, type ErrorEvent, type PointLike, type StyleSpecification } from 'maplibre-gl'
import workerURL from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { ApiError } from '../api/client'
import type { Basemap, BBox, LayerName, LonLat } from '../api/types'
import type { Overlays, Switch, Words } from '../style/options'
import { palettes, type Theme } from '../style/palette'
import { lastZoom, style, tileSources } from '../style/style'
import { fillHoles, reload } from './holes'
import { paceTiles } from './pace'
import { choose, pickLayers, type Picked } from './pick'
import { createPinLayer, type ClusterHit, type PinLayer } from './pins'
import { createStage, refit, timesFor, type Stage } from './stage'
import { shrunk, type Padding, type View } from './view'

setWorkerUrl(workerURL)

export interface Scene extends Overlays {
  theme: Theme
  scale: number
  words: Words
  hidden: ReadonlySet<Switch>
  /** The layers that are shown to whoever looks; no other is asked for. */
  layers: readonly LayerName[]
  /** Whether something is chosen, so that the rest steps back. */
  dimmed: boolean
  basemap: Basemap | null
}

export interface MapEvents {
  /** The view has come to rest. */
  moved(view: View): void
  /** Something was clicked, or null for bare ground. */
  picked(what: Picked | null): void
  /** The place that was clicked, whatever is there. */
  clicked?(at: LonLat): void
  /** Several cases in one were clicked. */
  clustered?(hit: ClusterHit): void
  /** Everything in view is drawn. */
  idle(): void
  /** Tiles or styles did not come. */
  failed(status: number): void
  /** Somebody has moved the map by hand. */
  dragged?(): void
}

/** Reads what lies under an address of /tiles. */
export type ReadTile = (path: string, signal: AbortSignal) => Promise<ArrayBuffer>

export interface MapAdapter {
  show(scene: Scene): void
  view(): View
  /** Whether the map is on its way, by hand or by itself. */
  moving(): boolean
  jumpTo(view: View): void
  flyTo(center: LonLat, zoom: number, padding: Padding): void
  fit(bounds: BBox, padding: Padding, maxZoom: number): void
  zoomBy(steps: number): void
  /** Whether every point lies in the part of the map that panels leave free. */
  inView(points: readonly LonLat[], padding: Padding): boolean
  /** Picks what is at the middle of the map, for the keyboard. */
  pickCentre(): void
  /** Asks for the tiles of these layers anew after they have changed; of all where none are named. */
  refresh(layers?: readonly LayerName[]): void
  /** The pins of cases, where the scene draws them. */
  pins: PinLayer
  remove(): void
}

const flyMS = 900
const [minZoom, maxZoom] = [2, 20]
const stillMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches

function absolute(url: string): string {
  return new URL(url, location.origin).href
}

/** Without what lies under everything, which the page has behind the map: as a layer, each frame would draw it once for each tile. */
function styleOf(scene: Scene) {
  const spec = style(palettes[scene.theme], { ...scene, scale: scene.scale / timesFor(scene.scale), fadeMS: stillMotion() ? 0 : 180, overlays: scene })
  spec.layers = spec.layers.filter(({ type }) => type !== 'background')
  spec.sprite = absolute(String(spec.sprite))
  for (const source of Object.values(spec.sources)) {
    if (source.type === 'vector' && source.url) source.url = absolute(source.url)
  }
  return spec
}

export interface MapStart {
  container: HTMLElement
  view: View | null
  bounds: BBox | null
  padding: Padding
  /** What a screen reader calls the map. */
  title: string
  scene: Scene
  events: MapEvents
  /** Reads tiles instead of the network; the page's one map asks by it. */
  read?: ReadTile
}

export function createMapAdapter({ container, view, bounds, padding, title, scene, events, read }: MapStart): MapAdapter {
  container.style.background = palettes[scene.theme].map.ground
  const stage = createStage(container, scene.scale)
  const map = new MapLibreMap({
    container: stage.element,
    ...(stage.times() > 1 ? { pixelRatio: devicePixelRatio * stage.times() } : {}),
    style: styleOf(scene),
    ...(view ? { center: view.center, zoom: view.zoom - stage.up() } : bounds ? { bounds, fitBoundsOptions: { padding: shrunk(padding, stage.times()) } } : { center: [105, 35] as LonLat, zoom: 3 }),
    maxZoom: maxZoom - stage.up(),
    minZoom: minZoom - stage.up(),
    attributionControl: scene.basemap?.attribution ? {} : false,
    // A wall map keeps its north up.
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    fadeDuration: stillMotion() ? 0 : 300,
    renderWorldCopies: false,
    // Tiles of the ground are enlarged as they are, not cut into the tiles of each zoom first.
    zoomLevelsToOverscale: maxZoom - Math.min(...Object.values(lastZoom)),
    locale: { 'Map.Title': title },
    ...(read ? { transformRequest: readBy(read) } : {}),
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  const pins = createPinLayer(map)
  listen(map, stage, events, pins)
  const leaveHoles = fillHoles(map)
  const leavePace = paceTiles(map)
  return {
    pins,
    show: showing(map, stage, scene, pins.restyled),
    view: () => viewOf(map, stage),
    moving: () => map.isMoving(),
    jumpTo: ({ center, zoom }) => map.jumpTo({ center, zoom: zoom - stage.up() }),
    flyTo: (center, zoom, padding) => map.flyTo({ center, zoom: zoom - stage.up(), offset: middle(shrunk(padding, stage.times())), maxDuration: flyMS, ...still() }),
    fit: (box, padding, maxZoom) => map.fitBounds(box, { padding: fitting(map, shrunk(padding, stage.times())), maxZoom: maxZoom - stage.up(), maxDuration: flyMS, ...still() }),
    zoomBy: (steps) => map.zoomTo(map.getZoom() + steps, still()),
    inView: (points, padding) => points.every((point) => free(map, point, shrunk(padding, stage.times()))),
    pickCentre: () => {
      const { clientWidth, clientHeight } = stage.element
      clickAt(map, stage, [clientWidth / 2, clientHeight / 2], events, pins)
    },
    refresh: (layers) => sourcesOf(layers).forEach((name) => reload(map, name)),
    remove: () => {
      leaveHoles()
      leavePace()
      map.remove()
      stage.element.remove()
    },
  }
}

const readScheme = 'lintu-read'

/** Leads requests for tiles to the reader. */
function readBy(read: ReadTile): (address: string) => { url: string } {
  addProtocol(readScheme, async ({ url, type }, { signal }) => {
    const bytes = await read(url.slice(`${readScheme}://`.length), signal).catch((error: unknown) => {
      throw error instanceof ApiError ? asFetched(error, url) : error
    })
    return { data: type === 'json' ? (JSON.parse(new TextDecoder().decode(bytes)) as object) : bytes }
  })
  return (address) => {
    const path = new URL(address, location.origin).pathname
    return { url: path.startsWith('/tiles/') ? `${readScheme}://${path}` : address }
  }
}

/** What MapLibre says where it has asked itself. */
function asFetched({ status, message, details }: ApiError, url: string): AJAXError {
  return new AJAXError(status, message, url, new Blob([JSON.stringify({ retryAfter: details.retryAfterS })]))
}

/** Shows scenes one after another; what comes before the first style has loaded waits for it. */
function showing(map: MapLibreMap, stage: Stage, first: Scene, restyled: () => void): (scene: Scene) => void {
  let shown = first
  let loaded = false
  let wanted = first
  const catchUp = () => {
    if (!loaded || wanted === shown) return
    shown = wanted
    refit(map, stage, shown.scale, [minZoom, maxZoom])
    stage.element.parentElement?.style.setProperty('background', palettes[shown.theme].map.ground)
    map.setStyle(styleOf(shown), { diff: true, transformStyle: keepPins })
    restyled()
  }
  map.once('style.load', () => {
    loaded = true
    restyled()
    catchUp()
  })
  return (scene) => {
    wanted = scene
    catchUp()
  }
}

/** The style knows of pins only that they are drawn. */
function keepPins(before: StyleSpecification | undefined, next: StyleSpecification): StyleSpecification {
  const [old, fresh] = [before?.sources['cases'], next.sources['cases']]
  if (old?.type !== 'geojson' || fresh?.type !== 'geojson') return next
  return { ...next, sources: { ...next.sources, cases: { ...fresh, data: old.data } } }
}

function sourcesOf(layers?: readonly LayerName[]): string[] {
  const holds = (list: string) => !layers || list.split(',').some((layer) => layers.includes(layer as LayerName))
  return Object.entries(tileSources).flatMap(([name, list]) => (holds(list) ? [name] : []))
}

function still(): { animate: false } | { duration: number } {
  return stillMotion() ? { animate: false } : { duration: flyMS }
}

/** From the middle of the map to the middle of what panels leave free. */
function middle({ top, right, bottom, left }: Padding): [number, number] {
  return [(left - right) / 2, (top - bottom) / 2]
}

function statusOf(error: { message: string }): number {
  return error instanceof AJAXError ? error.status : 0
}

function viewOf(map: MapLibreMap, stage: Stage): View {
  const { lng, lat } = map.getCenter()
  return { center: [lng, lat], zoom: map.getZoom() + stage.up() }
}

/** Panels may leave less room than they ask for: a map smaller than its padding cannot be fitted. */
function fitting(map: MapLibreMap, padding: Padding): Padding {
  const { clientWidth, clientHeight } = map.getContainer()
  const roomy = padding.left + padding.right < clientWidth * 0.8 && padding.top + padding.bottom < clientHeight * 0.8
  return roomy ? padding : { top: 16, right: 16, bottom: 16, left: 16 }
}

function free(map: MapLibreMap, point: LonLat, padding: Padding): boolean {
  const { clientWidth, clientHeight } = map.getContainer()
  const { x, y } = map.project(point)
  return x >= padding.left && x <= clientWidth - padding.right && y >= padding.top && y <= clientHeight - padding.bottom
}

/** How far from a light, in pixels, a finger or a mouse still means it. */
const reachPX = 8

/** A case comes before everything else: it lies on top. */
function caseAt(map: MapLibreMap, [x, y]: [number, number]) {
  if (!map.getLayer('cases-ground')) return undefined
  return map.queryRenderedFeatures([x, y], { layers: ['cases-ground'] })[0]
}

function clickAt(map: MapLibreMap, stage: Stage, at: [number, number], events: MapEvents, pins: PinLayer): void {
  const hit = caseAt(map, at)
  const cluster: unknown = hit?.properties['cluster_id']
  if (hit && typeof cluster === 'number' && hit.geometry.type === 'Point') {
    void pins.cluster(cluster, hit.geometry.coordinates as LonLat).then((found) => events.clustered?.({ ...found, zoom: found.zoom + stage.up() }))
  } else {
    events.picked(hit ? { layer: 'cases', id: String(hit.properties['id']) } : pickAt(map, at))
  }
}

function pickAt(map: MapLibreMap, [x, y]: [number, number]): Picked | null {
  const box: [PointLike, PointLike] = [[x - reachPX, y - reachPX], [x + reachPX, y + reachPX]]
  const present = pickLayers.filter((id) => map.getLayer(id))
  const found = map.queryRenderedFeatures(box, { layers: [...present] })
  return choose(found.map((feature) => {
    const at = feature.geometry.type === 'Point' ? map.project(feature.geometry.coordinates as LonLat) : null
    return {
      layer: (feature.sourceLayer ?? feature.source).replace('_label', '') as LayerName,
      id: feature.properties['id'] as string | undefined,
      distancePX: at ? Math.hypot(at.x - x, at.y - y) : null,
    }
  }), map.getZoom())
}

function listen(map: MapLibreMap, stage: Stage, events: MapEvents, pins: PinLayer): void {
  map.on('moveend', () => events.moved(viewOf(map, stage)))
  map.on('idle', () => events.idle())
  // Only what a hand or a key does has an event behind it.
  map.on('movestart', (event) => {
    if ('originalEvent' in event && event.originalEvent) events.dragged?.()
  })
  map.on('error', (event: ErrorEvent) => events.failed(statusOf(event.error)))
  map.on('click', (event) => {
    clickAt(map, stage, [event.point.x, event.point.y], events, pins)
    events.clicked?.([event.lngLat.lng, event.lngLat.lat])
  })
  pointWhereItRests(map)
}

/** To look for what lies under the mouse costs more than a frame has: once it has rested for so long, and not while it drags. */
const pointMS = 60

function pointWhereItRests(map: MapLibreMap): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const leave = () => clearTimeout(timer)
  map.on('mousemove', ({ point: { x, y }, originalEvent: { buttons } }) => {
    leave()
    if (buttons === 0) timer = setTimeout(() => pointAt(map, [x, y]), pointMS)
  })
  map.on('mousedown', leave)
  map.on('remove', leave)
}

function pointAt(map: MapLibreMap, at: [number, number]): void {
  if (map.isMoving()) return
  const layer = caseAt(map, at) ? 'cases' : pickAt(map, at)?.layer
  map.getCanvas().classList.toggle('pointing', layer !== undefined && layer !== 'communities')
}
