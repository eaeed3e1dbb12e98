import { ApiError, getJSON, problemOf, request } from '../api/client'
import type { Answers, Batch, Preview } from './types'

const address = '/api/v1/batches'
/** How long the server may read and check a large file before we give up. */
const explainTimeoutMS = 30 * 60_000

const at = (id: string, action = '') => `${address}/${encodeURIComponent(id)}${action}`

export async function listBatches(limit: number, signal: AbortSignal): Promise<Batch[]> {
  return (await getJSON<{ batches: Batch[] | null }>(`${address}?limit=${limit}`, signal)).batches ?? []
}

export function getBatch(id: string, signal: AbortSignal): Promise<Batch> {
  return getJSON(at(id), signal)
}

/** Explains the batch anew; a dataset that answers do not name keeps its own. */
export async function putAnswers(id: string, answers: Record<string, Answers>, signal: AbortSignal): Promise<Batch> {
  const init = { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(answers) }
  return (await (await request(at(id, '/answers'), signal, init, explainTimeoutMS)).json()) as Batch
}

export async function getPreview(id: string, signal: AbortSignal): Promise<Preview> {
  return (await (await request(at(id, '/preview.geojson'), signal, {}, explainTimeoutMS)).json()) as Preview
}

/** Begins a job on the batch; what becomes of it stands in the batch. */
export async function launch(id: string, kind: 'apply' | 'undo', signal: AbortSignal): Promise<Batch> {
  return (await (await request(at(id, `/${kind}`), signal, { method: 'POST' })).json()) as Batch
}

export async function discard(id: string, signal: AbortSignal): Promise<void> {
  await request(at(id), signal, { method: 'DELETE' })
}

/** Sends a file and tells how many bytes have left; fetch cannot tell that. */
export function upload(file: File, signal: AbortSignal, sent: (bytes: number) => void): Promise<Batch> {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest()
    const stop = () => ask.abort()
    signal.addEventListener('abort', stop, { once: true })
    ask.onloadend = () => signal.removeEventListener('abort', stop)
    ask.upload.onprogress = (event) => sent(event.loaded)
    ask.upload.onload = () => sent(file.size)
    ask.onabort = () => reject(signal.reason as Error)
    ask.onerror = () => reject(new ApiError('unreachable', 0))
    ask.onload = () => (ask.status === 201 ? resolve(JSON.parse(ask.responseText) as Batch) : reject(problemOf(ask.status, ask.responseText, ask.getResponseHeader('Retry-After'))))
    ask.open('POST', `${address}?name=${encodeURIComponent(file.name)}`)
    ask.setRequestHeader('Content-Type', 'application/octet-stream')
    ask.send(file)
  })
}
