import type { Masked, Person } from '../api/persons'
import type { Say } from '../lang'

/** How long a person is shown in full. */
export const shownMS = 60_000

export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1000))
}

export interface Line {
  label: string
  value: string
}

/** What the card says of a person: in full where it has been read, else masked. */
export function linesOf(full: Person | null, masked: Masked | null, say: Say): Line[] {
  const { name, phone, members } = full ?? masked ?? {}
  const needs = full ? (full.needs ?? []).join(say('listComma')) : masked?.needs ? say('personNeedCount', { n: masked.needs }) : ''
  const note = full ? (full.note ?? '') : masked?.note ? say('personHasNote') : ''
  const all: [string, string | undefined][] = [
    [say('personName'), name],
    [say('personPhone'), phone],
    [say('personMembers'), members ? String(members) : ''],
    [say('personNeeds'), needs],
    [say('personNote'), note],
  ]
  return all.flatMap(([label, value]) => (value ? [{ label, value }] : []))
}
