import { ApiError, getConfig } from '../api/client'
import type { Config } from '../api/types'
import { createStore, type Store } from '../store'
import { rememberedAccount } from './account'
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

/** What the account is shown; while somebody else is signed in, or nobody, that is not known. */
async function ownConfig(account: string, signal: AbortSignal): Promise<Config> {
  const config = await getConfig(signal)
  if (config.me.login !== account) throw new ApiError('signedOut', 401)
  return config
}

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
  const mine = () => rememberedAccount() === account
  const keep = <T>(key: string, ask: (signal: AbortSignal) => Promise<T>) => createKept(db, key, ask, mine, signal)
  const config = keep('config', (s) => ownConfig(account, s))
  const ground = keep('ground', async (s) => {
    const { value } = config.store.get()
    return value ? getGround(value, s) : { outline: null, bounds: null }
  })
  const categories = keep('categories', getCategories)
  const tasks = keep('tasks', getMyCases)
  const homes = keep('homes', getHomes)
  await Promise.all([outbox.reload(), ...[config, ground, categories, tasks, homes].map((kept) => kept.open())])
  await dropStrays(db)
  const sender = createSender(outbox, account)
  const safety = createStore<Safety>('safe')
  const isHead = () => config.store.get().value?.me.roles.some((role) => role.role === 'neighbor_head') ?? false

  async function refreshAll(): Promise<void> {
    await config.refresh()
    if (config.store.get().error) return
    void categories.refresh()
    void tasks.refresh()
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
  const countSent = () => outbox.store.get().filter((p) => p.state === 'sent').length
  let sent = countSent()
  const unsubscribe = outbox.store.subscribe(() => {
    if (countSent() > sent) void tasks.refresh()
    sent = countSent()
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
