/**
 * The service worker of the field page. It holds one build of the page, whole, and
 * nothing of any account: what the server has answered lies in the account's own
 * database. The build writes `files` (hash by path) and `build` (their hash) in front.
 */
declare const files: Record<string, string>
declare const build: string

interface Waiting extends Event {
  waitUntil(promise: Promise<unknown>): void
}

interface Asking extends Event {
  request: Request
  respondWith(response: Promise<Response>): void
}

interface Worker {
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void
  addEventListener(type: 'fetch', listener: (event: Asking) => void): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

const worker = self as unknown as Worker
const prefix = 'lintu-field-'
const name = prefix + build

/** Takes in the whole build or nothing: a file of another build, which a server changed meanwhile may send, ends it. */
async function install(): Promise<void> {
  const cache = await caches.open(name)
  try {
    await Promise.all(Object.entries(files).map(async ([path, hash]) => {
      const response = await fetch(path, { cache: 'no-cache' })
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer()))
      const got = Array.from(digest, (b) => b.toString(16).padStart(2, '0')).join('')
      if (!response.ok || got !== hash) throw new Error(`${path} is not of this build`)
      await cache.put(path, response)
    }))
  } catch (error) {
    await caches.delete(name)
    throw error
  }
}

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((key) => key.startsWith(prefix) && key !== name)
  await Promise.all(old.map((key) => caches.delete(key)))
  await worker.clients.claim()
}

async function fromBuild(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(name)
  return (await cache.match(path)) ?? fetch(request)
}

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(activate()))
worker.addEventListener('message', (event) => {
  if (event.data === 'activate') void worker.skipWaiting()
})
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin || !(pathname in files)) return
  event.respondWith(fromBuild(pathname, request))
})

export {}
