/** How safe what the phone keeps is. */
export type Safety = 'safe' | 'evictable' | 'full'

/** Less room than this is too little for a report with pictures. */
const leastBytes = 20 * 1024 * 1024

/** Asks the browser not to throw away what is kept, and says whether it may, and whether there is room. */
export async function askToKeep(): Promise<Safety> {
  const storage = navigator.storage as StorageManager | undefined
  if (!storage) return 'evictable' // no HTTPS
  const kept = (await storage.persisted()) || (await storage.persist())
  const { quota = 0, usage = 0 } = await storage.estimate()
  if (quota - usage < leastBytes) return 'full'
  return kept ? 'safe' : 'evictable'
}
