import type { Map as MapLibreMap } from 'maplibre-gl'

/**
 * Where the map is drawn. Where a page writes twice as large, as on a wall of 4K, the map is
 * one of half the size, drawn with twice as many dots and shown twice as large: the same
 * picture of a quarter of the tiles and names, so of a quarter of the work. Pages
 * know nothing of that: their pixels and zooms are those of the screen.
 */
export interface Stage {
  element: HTMLElement
  /** How many of the page's pixels one of the stage is wide. */
  times(): number
  /** From a zoom of the stage to the same of the page. */
  up(): number
  /** Fits the stage to a page that writes so many times as large as at 1080p. */
  fit(scale: number): void
}

/** Whole, so that each dot is one of the screen. */
export const timesFor = (scale: number) => Math.max(1, Math.floor(scale))

export function createStage(container: HTMLElement, scale: number): Stage {
  const element = document.createElement('div')
  let times = 0
  function fit(next: number): void {
    times = timesFor(next)
    element.style.cssText = `width: ${100 / times}%; height: ${100 / times}%; transform-origin: 0 0; transform: ${times > 1 ? `scale(${times})` : 'none'}; --times: ${times}`
  }
  fit(scale)
  container.append(element)
  return { element, times: () => times, up: () => Math.log2(times), fit }
}

/** Keeps what the map shows while its stage becomes another; the limits of zoom are those of the page. */
export function refit(map: MapLibreMap, stage: Stage, scale: number, [least, most]: readonly [number, number]): void {
  if (timesFor(scale) === stage.times()) return
  const zoom = map.getZoom() + stage.up()
  stage.fit(scale)
  map.setPixelRatio(devicePixelRatio * stage.times())
  map.setMinZoom(least - stage.up())
  map.setMaxZoom(most - stage.up())
  map.jumpTo({ zoom: zoom - stage.up() })
}
