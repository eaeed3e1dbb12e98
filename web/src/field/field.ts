import { getConfig } from '../api/client'
import type { Config } from '../api/types'
import { createStore, type Store } from '../store'
import { getCategories, getGround, getHomes, getMyCases, type Case, type Category, type Ground, type Home } from './api'
import { openDB } from './db'
import { dropStrays } from './draft'
import { createKept, type Kept } from './kept'
import { createOutbox, type Outbox } from './outbox'
import { createPosition } from './position'
import { createSender, type Sender } from './sender'
import { askToKeep, type Safety } from './storage'

/** How often a visible page asks what there is to do. */
const beatMS = 60_000

/** Everything that the page of one account works with. */
export interface Field {
  account: string
  db: IDBDatabase
  outbox: Outbox
  sender: Sender
  position: ReturnType<typeof createPosition>
  config: Kept<Config>
  ground: Kept<Ground>
  categories: Kept<Category[]>
  tasks: Kept<Case[]>
  homes: Kept<Home[]>
  safety: Store<Safety>
  /** Something has changed for the better: sends and asks at once. */
  refresh(): void
  stop(): void
}

export async function openField(account: string): Promise<Field> {
  const db = await openDB(account)
  const stopped = new AbortController()
  const { signal } = stopped
  const outbox = createOutbox(db, account)
  const config = createKept(db, 'config', getConfig, signal)
  const ground = createKept(db, 'ground', async (s) => {
    const { value } = config.store.get()
    return value ? getGround(value, s) : { outline: null, bounds: null }
  }, signal)
  const categories = createKept(db, 'categories', getCategories, signal)
  const tasks = createKept(db, 'tasks', getMyCases, signal)
  const homes = createKept(db, 'homes', getHomes, signal)
  await Promise.all([outbox.reload(), ...[config, ground, categories, tasks, homes].map((kept) => kept.open())])
  await dropStrays(db)
  const sender = createSender(outbox, account)
  const safety = createStore<Safety>('safe')
  const isHead = () => config.store.get().value?.me.roles.some((role) => role.role === 'neighbor_head') ?? false

  async function refreshAll(): Promise<void> {
    void categories.refresh()
    void tasks.refresh()
    await config.refresh()
    if (config.store.get().error) return
    void ground.refresh()
    if (isHead()) void homes.refresh()
  }

  function refresh(): void {
    sender.kick(true)
    void refreshAll()
    void outbox.tidy(Date.now())
  }

  const visible = () => document.visibilityState === 'visible'
  window.addEventListener('online', refresh, { signal })
  document.addEventListener('visibilitychange', () => visible() && refresh(), { signal })
  const beat = setInterval(() => visible() && navigator.onLine && void tasks.refresh(), beatMS)
  let delivered = 0
  const unsubscribe = outbox.store.subscribe((parcels) => {
    const now = parcels.filter((p) => p.state === 'sent').length
    if (now > delivered && delivered > 0) void tasks.refresh()
    delivered = now
  })
  void askToKeep().then((found) => safety.update(() => found))

  return {
    account, db, outbox, sender, position: createPosition(), config, ground, categories, tasks, homes, safety, refresh,
    stop() {
      stopped.abort()
      unsubscribe()
      clearInterval(beat)
      sender.stop()
      outbox.close()
      db.close()
    },
  }
}
