import { databaseOf } from './db'
import { forgetRecent } from './recent'

const key = 'lintu.field.account'

/** Whose offline data this browser shows: the account that last used the field page here. */
export function rememberedAccount(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function rememberAccount(login: string): void {
  try {
    localStorage.setItem(key, login)
  } catch {
    // then there is nothing to open without the network
  }
}

/**
 * Somebody has signed in or out: what is kept for showing to another account goes.
 * Its unsent reports, and what it was writing, stay for when it signs in again.
 */
export async function keepOnlyFor(login: string): Promise<void> {
  const before = rememberedAccount()
  if (before === null || before === login) return
  localStorage.removeItem(key)
  forgetRecent()
  await forgetOffline(before)
}

async function forgetOffline(login: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const opening = indexedDB.open(databaseOf(login))
    opening.onerror = () => resolve()
    // It was never there: opening must not make an empty one.
    opening.onupgradeneeded = () => opening.transaction?.abort()
    opening.onsuccess = () => {
      const db = opening.result
      const tx = db.transaction(['kept', 'tiles'], 'readwrite')
      tx.objectStore('kept').clear()
      tx.objectStore('tiles').clear()
      tx.oncomplete = tx.onabort = () => {
        db.close()
        resolve()
      }
    }
  })
}
