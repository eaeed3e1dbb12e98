import { getJSON, sendJSON } from './client'
import type { LayerName } from './types'

export type DoorKind = 'head' | 'grid' | 'hall'

/** Where residents report without an account. */
export interface Door {
  id: string
  code: string
  kind: DoorKind
  subject: string
  title: string
  closed?: boolean
}

/** The kind of a door for a feature of a layer; null where there is none. */
export function doorKind(layer: LayerName): DoorKind | null {
  if (layer === 'heads') return 'head'
  if (layer === 'units') return 'hall'
  return ['communities', 'groups', 'grids'].includes(layer) ? 'grid' : null
}

export async function getDoors(signal: AbortSignal): Promise<Door[]> {
  return (await getJSON<{ doors: Door[] }>('/api/v1/doors', signal)).doors
}

/** The door that there is, if there is one already. */
export const makeDoor = (kind: DoorKind, subject: string, signal: AbortSignal): Promise<Door> => sendJSON('POST', '/api/v1/doors', { kind, subject }, signal)

export const closeDoor = (id: string, signal: AbortSignal): Promise<void> => sendJSON('DELETE', `/api/v1/doors/${id}`, undefined, signal)

export const qrAddress = (code: string): string => `/api/v1/door/${code}/qr.svg`
