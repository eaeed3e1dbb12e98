import type { Parcel, Photo } from './parcel'

/** Rebuilt from the pieces so that any program, or a person, can read the file. */
export interface ExportFile {
  format: 'lintu-field-1'
  account: string
  exportedAt: string
  parcels: (Pick<Parcel, 'id' | 'kind' | 'caseID' | 'body' | 'state' | 'refusal'> & { madeAt: string; photos: { id: string; type: string; base64: string }[] })[]
}

/** Everything that the server does not have, pictures included, as one JSON file. */
export async function exportFile(account: string, parcels: readonly Parcel[], photosOf: (parcel: string) => Promise<Photo[]>, now: number): Promise<Blob> {
  const file: ExportFile = { format: 'lintu-field-1', account, exportedAt: new Date(now).toISOString(), parcels: [] }
  for (const { id, kind, caseID, body, state, refusal, madeAt } of parcels) {
    const photos = (await photosOf(id)).map((photo) => ({ id: photo.id, type: photo.type, base64: base64(new Uint8Array(photo.bytes)) }))
    file.parcels.push({ id, kind, caseID, body, state, refusal, madeAt: new Date(madeAt).toISOString(), photos })
  }
  return new Blob([JSON.stringify(file, null, 1)], { type: 'application/json' })
}

/** In pieces, because a call takes only so many arguments; each of them whole triples. */
function base64(bytes: Uint8Array): string {
  const piece = 3 * 8192
  let text = ''
  for (let at = 0; at < bytes.length; at += piece) text += btoa(String.fromCharCode(...bytes.subarray(at, at + piece)))
  return text
}

/** Hands a file to whoever uses the page. */
export function save(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
