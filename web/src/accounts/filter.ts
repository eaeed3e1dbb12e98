import type { Account } from '../api/accounts'
import { roleTitle } from '../api/roles'
import type { Lang } from '../lang'
import { textIn } from '../lang'

/** The accounts in whose login, roles or places every word occurs, by login. */
export function matching(accounts: readonly Account[], words: string, lang: Lang): Account[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return accounts
    .filter((account) => {
      const grants = (account.grants ?? []).map((g) => `${textIn(lang, roleTitle(g.role))} ${textIn(lang, g.for)}`)
      const text = [account.login, ...grants].join(' ').toLowerCase()
      return wanted.every((word) => text.includes(word))
    })
    .sort((a, b) => a.login.localeCompare(b.login))
}
