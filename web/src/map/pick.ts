import type { LayerName } from '../api/types'

export interface Picked {
  layer: LayerName
  id: string
}

/** Style layers that answer a click. */
export const pickLayers = ['heads', 'heads-name', 'households', 'units', 'communities-fill', 'grids-hit'] as const

/** From this zoom on a click on ground means the grid, below it the community. */
export const gridZoom = 13.5

export interface Candidate {
  layer: LayerName
  id: string | undefined
  /** Distance from the click, for points. */
  distancePX: number | null
}

/** Points before areas, the nearest point first (a head wins a tie); then the area that the zoom means. */
export function choose(found: readonly Candidate[], zoom: number): Picked | null {
  const points = found
    .filter((c) => c.id !== undefined && c.distancePX !== null)
    .sort((a, b) => weight(a) - weight(b))
  const wanted: LayerName[] = zoom >= gridZoom ? ['grids', 'communities'] : ['communities']
  const areas = wanted.flatMap((layer) => found.filter((c) => c.layer === layer && c.id !== undefined && c.distancePX === null))
  const best = points[0] ?? areas[0]
  return best?.id === undefined ? null : { layer: best.layer, id: best.id }
}

/** A head is drawn larger than a household, so it is meant a little farther away. */
function weight(c: Candidate): number {
  return (c.distancePX ?? 0) - (c.layer === 'heads' ? 3 : 0)
}
