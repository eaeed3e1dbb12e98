import { getItems } from '../api/client'
import type { Item, LonLat } from '../api/types'

/** A responsible unit and where it is. */
export interface UnitPlace {
  code: string
  name: string
  class: string
  at: LonLat
}

export function unitOf({ geometry, properties }: Item<{ code: string; name?: string | null; class?: string | null }>): UnitPlace[] {
  if (geometry?.type !== 'Point') return []
  return [{ code: properties.code, name: properties.name || properties.code, class: properties.class ?? '', at: geometry.coordinates as LonLat }]
}

export async function getUnits(signal: AbortSignal): Promise<UnitPlace[]> {
  return (await getItems<{ code: string; name?: string; class?: string }>('units', {}, 1000, signal)).features.flatMap(unitOf)
}
