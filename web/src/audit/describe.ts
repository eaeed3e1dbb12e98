import type { AuditEntry } from '../api/audit'
import { purposeTitle, roleTitle } from '../api/roles'
import { textIn, type Lang, type Say } from '../lang'
import type { MessageKey } from '../messages'

/** What the audit knows as acts: how one is told as a sentence, and what it is called. */
export const acts: Record<string, { sentence: MessageKey; name: MessageKey }> = {
  sign_in: { sentence: 'actSignIn', name: 'nameSignIn' },
  sign_in_failed: { sentence: 'actSignInFailedFirst', name: 'nameSignInFailed' },
  sign_out: { sentence: 'actSignOut', name: 'nameSignOut' },
  refuse: { sentence: 'actRefuse', name: 'nameRefuse' },
  unmask: { sentence: 'actUnmask', name: 'nameUnmask' },
  find_person: { sentence: 'actFindPerson', name: 'nameFindPerson' },
  compare_persons: { sentence: 'actComparePersons', name: 'nameComparePersons' },
  export: { sentence: 'actExport', name: 'nameExport' },
  alert: { sentence: 'actAlert', name: 'nameAlert' },
  apply: { sentence: 'actApply', name: 'nameApply' },
  undo: { sentence: 'actUndo', name: 'nameUndo' },
  assign: { sentence: 'actAssign', name: 'nameAssign' },
  add_account: { sentence: 'actAddAccount', name: 'nameAddAccount' },
  disable_account: { sentence: 'actDisableAccount', name: 'nameDisableAccount' },
  enable_account: { sentence: 'actEnableAccount', name: 'nameEnableAccount' },
  reset_password: { sentence: 'actResetPassword', name: 'nameResetPassword' },
  set_password: { sentence: 'actSetPassword', name: 'nameSetPassword' },
  change_password: { sentence: 'actChangePassword', name: 'nameChangePassword' },
  grant: { sentence: 'actGrant', name: 'nameGrant' },
  revoke: { sentence: 'actRevoke', name: 'nameRevoke' },
  create_token: { sentence: 'actCreateToken', name: 'nameCreateToken' },
  revoke_token: { sentence: 'actRevokeToken', name: 'nameRevokeToken' },
}

/** What something was done to. */
export const kinds: Record<string, MessageKey> = {
  account: 'kindAccount',
  session: 'kindSession',
  token: 'kindToken',
  household: 'kindHousehold',
  head: 'kindHead',
  person: 'kindPersons',
  batch: 'kindBatch',
  route: 'kindRoute',
  address: 'kindAddress',
  audit: 'kindAudit',
}

export function kindName(kind: string, say: Say): string {
  const key = kinds[kind]
  return key ? say(key) : kind
}

/** Enough of an id to tell it from others by eye. */
const short = (id: string) => id.slice(-8)

/** Who did it, in words. */
export function whoText({ actor, login }: Pick<AuditEntry, 'actor' | 'login'>, say: Say): string {
  if (login) return login
  const [kind = '', id = ''] = actor.split(':')
  if (kind === 'user') return say('whoUser', { id: short(id) })
  if (kind === 'token') return say('whoToken', { id: short(id) })
  if (kind === 'cli') return say('whoShell', { name: id })
  if (kind === 'demo') return say('whoDemo')
  return kind === 'visitor' ? say('whoVisitor') : actor
}

function detailOf(entry: AuditEntry): Record<string, unknown> {
  return entry.detail !== null && typeof entry.detail === 'object' ? (entry.detail as Record<string, unknown>) : {}
}

/** What is remarkable about how much somebody unmasks, looks or searches. */
const muchOf: Record<string, MessageKey> = { quota_80: 'alertQuota80', quota_end: 'alertQuotaEnd', quota_over: 'alertQuotaOver', fast: 'alertFast', searches: 'alertSearches' }

function alertText(who: string, reason: string, say: Say): string {
  if (reason === 'sign_in_failed') return say('alertSignIn')
  const key = muchOf[reason]
  return key ? say(key, { who }) : say('alertOther', { who, reason })
}

/** The entry as a sentence. */
export function sentence(entry: AuditEntry, lang: Lang, say: Say): string {
  const who = whoText(entry, say)
  const what = kindName(entry.kind, say)
  const detail = detailOf(entry)
  const word = (name: string) => (typeof detail[name] === 'string' ? detail[name] : '')
  switch (entry.act) {
    case 'alert':
      return say('actAlert', { what: alertText(who, word('reason'), say) })
    case 'sign_in_failed':
      return typeof detail['failures'] === 'number' ? say('actSignInFailed', { failures: detail['failures'] }) : say('actSignInFailedFirst')
    case 'sign_out':
      return say(entry.kind === 'account' ? 'actSignOutEverywhere' : 'actSignOut', { who })
  }
  const known = acts[entry.act]
  if (!known) return say('actOther', { who, act: entry.act, what })
  return say(known.sentence, { who, what, route: word('route'), role: textIn(lang, roleTitle(word('role'))) })
}

/** Why it was done: a purpose in words, or what somebody wrote. */
export function reasonText(entry: AuditEntry, lang: Lang): string {
  const purpose = detailOf(entry)['purpose']
  const title = typeof purpose === 'string' ? textIn(lang, purposeTitle(purpose)) : ''
  return [title, entry.why ?? ''].filter(Boolean).join(': ')
}

/** What is searched for; times as a date field of the page gives them, "" for no limit. */
export interface Filter {
  from: string
  to: string
  actor: string
  act: string
  kind: string
  address: string
  alerts: boolean
}

export const noFilter: Filter = { from: '', to: '', actor: '', act: '', kind: '', address: '', alerts: false }

/** The filter as the server is asked. */
export function queryOf(filter: Filter): URLSearchParams {
  const query = new URLSearchParams()
  for (const name of ['from', 'to'] as const) {
    const at = new Date(filter[name])
    if (filter[name] && !Number.isNaN(at.getTime())) query.set(name, at.toISOString())
  }
  for (const name of ['actor', 'act', 'kind', 'address'] as const) {
    const word = filter[name].trim()
    if (word) query.set(name, word)
  }
  if (filter.alerts) query.set('alerts', 'true')
  return query
}
