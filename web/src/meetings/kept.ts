import type { Meeting } from '../api/meetings'
import { isBlank, type Draft } from './draft'
import { unsent } from './merge'

/** What this device keeps of a meeting until the server has it. */
export interface Kept {
  /** As the server had it last; seq 0 if it never had it. */
  base: Meeting
  mine: Meeting
  /** The row that is being typed. */
  draft: Draft
}

export interface Keeper {
  read(id: string): Kept | null
  /** Keeps it, or forgets it once there is nothing to send. */
  write(kept: Kept): void
  forget(id: string): void
  /** Meetings with something that the server does not have. */
  all(): Kept[]
}

/** Keeps meetings apart for each account, in the browser's storage. */
export function createKeeper(login: string, storage: Storage = localStorage): Keeper {
  const prefix = `lintu.meetings.${login}/`

  function read(id: string): Kept | null {
    try {
      return JSON.parse(storage.getItem(prefix + id) ?? 'null') as Kept | null
    } catch {
      return null
    }
  }

  function write(kept: Kept): void {
    const key = prefix + kept.mine.id
    try {
      if (unsent(kept.base, kept.mine) || !isBlank(kept.draft)) storage.setItem(key, JSON.stringify(kept))
      else storage.removeItem(key)
    } catch {
      // full or forbidden: it lives as long as the page
    }
  }

  function all(): Kept[] {
    const ids = Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '').filter((key) => key.startsWith(prefix))
    return ids.flatMap((key) => read(key.slice(prefix.length)) ?? [])
  }

  return { read, write, forget: (id) => storage.removeItem(prefix + id), all }
}
