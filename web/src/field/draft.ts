import { answer, finished, read, readAll, writing } from './db'
import type { Photo, Placed } from './parcel'
import type { PhotoPlace } from './place'
import type { LonLat } from '../api/types'
import { newID } from './uuid'

/** A report that is being written. It has its id from the beginning: sending it twice is sending it once. */
export interface ReportDraft {
  key: 'report'
  id: string
  category: string
  note: string
  urgency: string
  contactName: string
  contactPhone: string
  /** Null while nobody has chosen: then the best one counts. */
  placed: Placed | null
  /** Where the crosshair was put by hand. */
  centre: LonLat | null
  photos: string[]
  photoPlace: PhotoPlace | null
}

export function emptyDraft(): ReportDraft {
  return { key: 'report', id: newID(), category: '', note: '', urgency: '', contactName: '', contactPhone: '', placed: null, centre: null, photos: [], photoPlace: null }
}

/** Whether somebody would miss it. */
export const worthKeeping = (draft: ReportDraft): boolean =>
  draft.category !== '' || draft.note.trim() !== '' || draft.photos.length > 0 || draft.contactName !== '' || draft.contactPhone !== ''

export async function readDraft(db: IDBDatabase): Promise<{ draft: ReportDraft; photos: Photo[] } | null> {
  const draft = await read<ReportDraft>(db, 'draft', 'report')
  if (!draft) return null
  const photos = (await readAll<Photo>(db, 'photos')).filter((photo) => draft.photos.includes(photo.id))
  return { draft: { ...draft, photos: photos.map((photo) => photo.id) }, photos }
}

/** Keeps the draft; `photo` where one has been added. */
export async function keepDraft(db: IDBDatabase, draft: ReportDraft, photo?: Photo): Promise<void> {
  const tx = writing(db, 'draft', 'photos')
  tx.objectStore('draft').put(draft)
  if (photo) tx.objectStore('photos').put(photo)
  await finished(tx)
}

/** Forgets the draft with its pictures. */
export async function dropDraft(db: IDBDatabase): Promise<void> {
  const tx = writing(db, 'draft', 'photos')
  const drafts = tx.objectStore('draft')
  const draft = await answer(drafts.get('report') as IDBRequest<ReportDraft | undefined>)
  drafts.delete('report')
  for (const photo of draft?.photos ?? []) tx.objectStore('photos').delete(photo)
  await finished(tx)
}

/** Takes out pictures that were removed from what they were taken for. */
export async function dropStrays(db: IDBDatabase): Promise<void> {
  const tx = writing(db, 'draft', 'photos')
  const drafts = await answer(tx.objectStore('draft').getAll() as IDBRequest<{ photos: string[] }[]>)
  const used = new Set(drafts.flatMap((draft) => draft.photos))
  const photos = tx.objectStore('photos')
  const request = photos.openCursor()
  for (let cursor = await answer(request); cursor; cursor = await answer(request)) {
    const { id, parcel } = cursor.value as Photo
    if (parcel === '' && !used.has(id)) cursor.delete()
    cursor.continue()
  }
  await finished(tx)
}
