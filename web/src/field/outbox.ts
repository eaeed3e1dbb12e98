import type { AreaRef } from '../api/types'
import { createStore, type Store } from '../store'
import { answer, databaseOf, finished, read, readAll, writing } from './db'
import type { Parcel, Photo, Refusal } from './parcel'

/** How long what the server has is still listed. */
const listedMS = 7 * 24 * 3600_000

/** What the server said of a parcel that it has. */
export interface Receipt {
  number: string
  /** The area that it takes for the place, and others that it may have been. */
  area: AreaRef | null
  doubt: AreaRef[]
  at: number
}

export interface Outbox {
  /** All parcels, oldest first. */
  store: Store<readonly Parcel[]>
  reload(): Promise<void>
  /** Makes a draft a parcel with its pictures, or nothing of it; afterwards it survives the phone's battery. */
  post(parcel: Parcel, photos: readonly Photo[], draft?: string): Promise<void>
  /** Changes a parcel that is not settled. */
  change(id: string, change: (parcel: Parcel) => Parcel): Promise<void>
  /** The server has it: its pictures need no room any more. */
  delivered(id: string, receipt: Receipt): Promise<void>
  refuse(id: string, refusal: Refusal): Promise<void>
  /** Lets a parcel go out under another id, with its pictures. */
  replace(id: string, parcel: Parcel): Promise<void>
  /** Which of the areas it was has been said. */
  settleDoubt(id: string): Promise<void>
  /** Takes a parcel out with its pictures, which only its owner asks for. */
  remove(id: string): Promise<void>
  photo(id: string): Promise<Photo | undefined>
  photosOf(parcel: string): Promise<Photo[]>
  photoSent(id: string, at: number): Promise<void>
  /** Forgets what the server has had for a week. */
  tidy(now: number): Promise<void>
  close(): void
}

/** The parcels of one account, as they lie in its database; other tabs are told of every change. */
export function createOutbox(db: IDBDatabase, account: string): Outbox {
  const store = createStore<readonly Parcel[]>([])
  const others = new BroadcastChannel(databaseOf(account))

  async function reload(): Promise<void> {
    const all = await readAll<Parcel>(db, 'outbox')
    all.sort((a, b) => a.madeAt - b.madeAt || (a.id < b.id ? -1 : 1))
    store.update(() => all)
  }

  async function changed(): Promise<void> {
    await reload()
    others.postMessage('changed')
  }
  others.onmessage = () => void reload()

  /** Reads, changes and writes in one transaction, so that two tabs cannot undo each other's change. */
  async function change(id: string, next: (parcel: Parcel) => Parcel, forget = false): Promise<void> {
    const tx = writing(db, 'outbox', 'photos')
    const parcels = tx.objectStore('outbox')
    const parcel = await answer<Parcel | undefined>(parcels.get(id))
    // What has been delivered stays so, whatever comes in late.
    if (parcel && parcel.state !== 'sent') {
      parcels.put(next(parcel))
      if (forget) for (const photo of parcel.photos) tx.objectStore('photos').delete(photo)
    }
    await finished(tx)
    await changed()
  }

  return {
    store,
    reload,
    async post(parcel, photos, draft) {
      const tx = writing(db, 'outbox', 'photos', 'draft')
      if (draft) tx.objectStore('draft').delete(draft)
      tx.objectStore('outbox').put(parcel)
      for (const photo of photos) tx.objectStore('photos').put({ ...photo, parcel: parcel.id })
      await finished(tx)
      await changed()
    },
    change: (id, next) => change(id, next),
    delivered: (id, receipt) => change(id, (p) => receive(p, receipt), true),
    refuse: (id, refusal) => change(id, (p) => ({ ...p, state: 'refused', refusal })),
    async replace(id, parcel) {
      const tx = writing(db, 'outbox', 'photos')
      const photos = tx.objectStore('photos')
      tx.objectStore('outbox').delete(id)
      tx.objectStore('outbox').put(parcel)
      for (const one of parcel.photos) {
        const photo = await answer<Photo | undefined>(photos.get(one))
        if (photo) photos.put({ ...photo, parcel: parcel.id })
      }
      await finished(tx)
      await changed()
    },
    async settleDoubt(id) {
      const tx = writing(db, 'outbox')
      const parcel = await answer<Parcel | undefined>(tx.objectStore('outbox').get(id))
      if (parcel?.kind === 'report') tx.objectStore('outbox').put({ ...parcel, doubt: [] })
      await finished(tx)
      await changed()
    },
    async remove(id) {
      const tx = writing(db, 'outbox', 'photos')
      const parcel = await answer<Parcel | undefined>(tx.objectStore('outbox').get(id))
      tx.objectStore('outbox').delete(id)
      for (const photo of parcel?.photos ?? []) tx.objectStore('photos').delete(photo)
      await finished(tx)
      await changed()
    },
    photo: (id) => read<Photo>(db, 'photos', id),
    photosOf: async (parcel) => (await readAll<Photo>(db, 'photos')).filter((photo) => photo.parcel === parcel),
    async photoSent(id, at) {
      const tx = writing(db, 'photos')
      const photo = await answer<Photo | undefined>(tx.objectStore('photos').get(id))
      if (photo) tx.objectStore('photos').put({ ...photo, sentAt: at })
      await finished(tx)
    },
    async tidy(now) {
      const old = (await readAll<Parcel>(db, 'outbox')).filter((p) => p.state === 'sent' && p.sentAt < now - listedMS)
      if (old.length === 0) return
      const tx = writing(db, 'outbox')
      for (const { id } of old) tx.objectStore('outbox').delete(id)
      await finished(tx)
      await changed()
    },
    close: () => others.close(),
  }
}

/** What stays of a parcel that the server has: nothing of a person. */
function receive(parcel: Parcel, { number, area, doubt, at }: Receipt): Parcel {
  const sent = { state: 'sent', number, sentAt: at, refusal: null } as const
  if (parcel.kind === 'act') return { ...parcel, ...sent }
  const body = { ...parcel.body }
  delete body.contact
  return { ...parcel, ...sent, body, area, doubt }
}

/** What the server does not have yet. */
export const unsent = (parcels: readonly Parcel[]): Parcel[] => parcels.filter((p) => p.state !== 'sent')

/**
 * The parcel to try next: of those whose time has come the one tried least, so that
 * one that never gets through does not keep the others. What is said of a case waits
 * for what was said of it before.
 */
export function nextOf(parcels: readonly Parcel[], now: number): Parcel | null {
  const open = unsent(parcels)
  const first = new Map<string, string>()
  for (const { caseID, id } of open) if (!first.has(caseID)) first.set(caseID, id)
  const due = open.filter((p) => p.state === 'waiting' && p.notBefore <= now && first.get(p.caseID) === p.id)
  return due.reduce<Parcel | null>((best, p) => (best && best.tries <= p.tries ? best : p), null)
}

/** When the next parcel's time comes; null where none waits. */
export function nextTime(parcels: readonly Parcel[]): number | null {
  const times = parcels.filter((p) => p.state === 'waiting').map((p) => p.notBefore)
  return times.length > 0 ? Math.min(...times) : null
}
