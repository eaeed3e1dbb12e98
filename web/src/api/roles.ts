import type { Message } from '../message'
import table from './roles.json'
import type { Right } from './types'

/** What a role can be held for. */
export type ScopeKind = 'everywhere' | 'area' | 'unit' | 'head'

export interface RoleInfo {
  role: string
  title: Message
  held: ScopeKind[]
  rights: Right[]
}

/** Who may do what, written from the server's own table by `go generate ./web`. */
export const roles = table.roles as RoleInfo[]
export const rights = table.rights as { right: Right; title: Message }[]
/** What personal data may be read in full for. */
export const purposes = table.purposes as { purpose: string; title: Message }[]

const plain = (name: string): Message => ({ zh: name, en: name })

/** What people call a role; a role that this page does not know keeps its name. */
export const roleTitle = (name: string): Message => roles.find((r) => r.role === name)?.title ?? plain(name)
export const rightTitle = (name: string): Message => rights.find((r) => r.right === name)?.title ?? plain(name)
export const purposeTitle = (name: string): Message => purposes.find((p) => p.purpose === name)?.title ?? plain(name)
