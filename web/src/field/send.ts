import { ApiError, request } from '../api/client'
import type { AreaRef } from '../api/types'
import type { Parcel, Photo, Refusal } from './parcel'

/** What became of an attempt. */
export type Outcome =
  | { kind: 'durable'; number: string; area: AreaRef | null; doubt: AreaRef[] }
  | { kind: 'refused'; refusal: Refusal }
  /** Nobody is signed in, or somebody else is. */
  | { kind: 'signedOut' }
  /** No answer that settles it. `all` where another parcel would fare no better. */
  | { kind: 'later'; all: boolean; retryAfterS: number }

/** A slow mast takes minutes for a picture. */
const photoTimeoutMS = 180_000
const timeoutMS = 40_000

/** The server keeps pictures that no case takes for a day: what it got half a day ago is sent anew. */
const photoKeptMS = 12 * 3600_000

/** Where a parcel's pictures are, and who is told that the server has one. */
export interface Pictures {
  photo(id: string): Promise<Photo | undefined>
  photoSent(id: string, at: number): Promise<void>
}

/**
 * Sends the pictures that the server does not have, then the parcel. All of it can be
 * sent again at any time: the ids were made on the phone.
 */
export async function sendParcel(parcel: Parcel, pictures: Pictures, now: number, signal: AbortSignal): Promise<Outcome> {
  const trusted = await sendPhotos(parcel, pictures, now, false, signal)
  if (trusted.kind !== 'sent') return trusted
  const outcome = await sendBody(parcel, signal)
  // Perhaps it missed a picture that it once had.
  if (outcome.kind !== 'refused' || outcome.refusal.taken || trusted.before === 0) return outcome
  const again = await sendPhotos(parcel, pictures, now, true, signal)
  return again.kind === 'sent' ? sendBody(parcel, signal) : again
}

/** Asks whether the account that the parcels belong to is the one signed in. */
export async function isSignedIn(account: string, signal: AbortSignal): Promise<boolean | Outcome> {
  try {
    const me = (await settled(await request('/api/v1/me', signal, {}, timeoutMS))) as { signedIn?: boolean; login?: string; mustChange?: boolean } | null
    if (typeof me?.signedIn !== 'boolean') return later(true)
    return me.signedIn && me.login === account && me.mustChange !== true
  } catch (error) {
    return outcomeOf(error, false, signal)
  }
}

type PhotosSent = { kind: 'sent'; before: number }

async function sendPhotos(parcel: Parcel, pictures: Pictures, now: number, all: boolean, signal: AbortSignal): Promise<PhotosSent | Outcome> {
  let before = 0
  for (const id of parcel.photos) {
    const photo = await pictures.photo(id)
    if (!photo) continue // the server will say that it misses it
    if (!all && photo.sentAt > now - photoKeptMS) {
      before++
      continue
    }
    try {
      const init = { method: 'PUT', headers: { 'Content-Type': photo.type }, body: photo.bytes }
      const said = (await settled(await request(`/api/v1/photos/${id}`, signal, init, photoTimeoutMS))) as { id?: string } | null
      if (said?.id !== id) return later(true)
      await pictures.photoSent(id, now)
    } catch (error) {
      return outcomeOf(error, false, signal)
    }
  }
  return { kind: 'sent', before }
}

async function sendBody(parcel: Parcel, signal: AbortSignal): Promise<Outcome> {
  const path = parcel.kind === 'report' ? '/api/v1/cases' : `/api/v1/cases/${parcel.caseID}/acts`
  const body = JSON.stringify({ id: parcel.id, ...parcel.body, ...(parcel.photos.length > 0 ? { photos: parcel.photos } : {}) })
  try {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }
    const said = (await settled(await request(path, signal, init, timeoutMS))) as Durable | null
    // Only the server's own word counts, not a 200 of whoever stands in between.
    if (said?.durable !== true || said.case?.id !== parcel.caseID) return later(true)
    const doubt = said.case.doubt ?? []
    const area = said.case.areas?.find(({ layer }) => layer === doubt[0]?.layer) ?? null
    return { kind: 'durable', number: said.case.number ?? '', area, doubt }
  } catch (error) {
    return outcomeOf(error, parcel.kind === 'report', signal)
  }
}

interface Durable {
  durable?: boolean
  case?: { id?: string; number?: string; areas?: AreaRef[] | null; doubt?: AreaRef[] | null }
}

/** The answer's JSON; null for what is none, such as the page of a hotel's network. */
async function settled(response: Response): Promise<unknown> {
  return response.json().catch(() => null)
}

const later = (all: boolean, retryAfterS = 0): Outcome => ({ kind: 'later', all, retryAfterS })

/**
 * What an answer that is no success means. A refusal counts only with the server's own
 * sentence in it: what gateways say of their own accord settles nothing.
 */
function outcomeOf(error: unknown, ownID: boolean, signal: AbortSignal): Outcome {
  if (signal.aborted) throw error
  if (!(error instanceof ApiError) || error.status === 0 || !error.text) return later(true)
  const { status, text, details } = error
  if (status === 401 || details.mustChange) return { kind: 'signedOut' }
  if (status === 429 || status === 408 || status === 425) return later(status === 429, details.retryAfterS)
  if (status >= 500) return later(status === 503, details.retryAfterS)
  return { kind: 'refused', refusal: { status, text, taken: status === 409 && ownID } }
}
