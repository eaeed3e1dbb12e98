import { finished, read, readAll, writing } from './db'
import type { Photo } from './parcel'

interface Row {
  key: string
  note: string
  photos: string[]
}

/** Where what is being written about a case is kept. */
export const actDraftKey = (caseID: string, act: string): string => `${caseID}/${act}`

export async function readActDraft(db: IDBDatabase, caseID: string, act: string): Promise<{ note: string; photos: Photo[] } | null> {
  const row = await read<Row>(db, 'draft', actDraftKey(caseID, act))
  if (!row) return null
  return { note: row.note, photos: (await readAll<Photo>(db, 'photos')).filter((photo) => row.photos.includes(photo.id)) }
}

export async function keepActDraft(db: IDBDatabase, caseID: string, act: string, note: string, photos: string[], photo?: Photo): Promise<void> {
  const tx = writing(db, 'draft', 'photos')
  tx.objectStore('draft').put({ key: actDraftKey(caseID, act), note, photos } satisfies Row)
  if (photo) tx.objectStore('photos').put(photo)
  await finished(tx)
}
