/** What the phone keeps of one account. */
const stores = {
  /** Reports and acts, until the server has them and for a while afterwards. */
  outbox: 'id',
  /** Their pictures, and those of the draft. */
  photos: 'id',
  /** What is being written. */
  draft: 'key',
  /** Answers of the server that the page shows without it. */
  kept: 'key',
  tiles: 'key',
} as const

export type StoreName = keyof typeof stores

const prefix = 'lintu-field:'

/** Each account has a database of its own; the page of another account never opens it. */
export const databaseOf = (account: string): string => prefix + account

export function openDB(account: string): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseOf(account), 1)
  request.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(stores)) request.result.createObjectStore(name, { keyPath })
  }
  return answer(request)
}

export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('the database did not answer'))
  })
}

/** Resolves when everything in the transaction is on the disk. */
export function finished(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve()
    tx.onabort = () => reject(tx.error ?? new Error('the database refused'))
  })
}

/** A transaction that writes; it counts as done when it would survive the phone's battery. */
export function writing(db: IDBDatabase, ...names: StoreName[]): IDBTransaction {
  return db.transaction(names, 'readwrite', { durability: 'strict' })
}

export function read<T>(db: IDBDatabase, name: StoreName, key: string): Promise<T | undefined> {
  return answer(db.transaction(name).objectStore(name).get(key) as IDBRequest<T | undefined>)
}

export function readAll<T>(db: IDBDatabase, name: StoreName): Promise<T[]> {
  return answer(db.transaction(name).objectStore(name).getAll() as IDBRequest<T[]>)
}

export async function write(db: IDBDatabase, name: StoreName, value: object): Promise<void> {
  const tx = writing(db, name)
  tx.objectStore(name).put(value)
  await finished(tx)
}
