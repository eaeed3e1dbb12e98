import type { LedgerRow, Meeting } from '../api/meetings'

/** What people write; the place stays, and the rest is the server's to say. */
const written = ['title', 'venue', 'startsAt', 'endedAt', 'host', 'attendees', 'units'] as const satisfies (keyof Meeting)[]
const writtenInRow = ['urgency', 'text', 'category', 'place', 'options', 'answer', 'from', 'feedback'] as const satisfies (keyof LedgerRow)[]

/** The server leaves out what is empty. */
const plain = (value: unknown): unknown => (value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? null : value)
const same = (a: unknown, b: unknown): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b))

/** theirs, with what mine has changed of base. */
function over<T extends object>(fields: readonly (keyof T)[], base: Partial<T>, mine: T, theirs: T): T {
  const merged = { ...theirs }
  for (const field of fields) if (!same(mine[field], base[field])) merged[field] = mine[field]
  return merged
}

const rowOf = (meeting: Meeting, id: string): LedgerRow | undefined => meeting.rows.find((row) => row.id === id)

/**
 * What becomes of a meeting that was read as base and is written here as mine, when the
 * server has theirs: what was written here stands, all else is theirs, and new rows come
 * behind theirs.
 */
export function merge(base: Meeting, mine: Meeting, theirs: Meeting): Meeting {
  const kept = theirs.rows.map((row) => {
    const own = rowOf(mine, row.id)
    return own ? over(writtenInRow, rowOf(base, row.id) ?? {}, own, row) : row
  })
  const added = mine.rows.filter((row) => !rowOf(theirs, row.id) && !rowOf(base, row.id))
  const rows = [...kept, ...added].map((row, i) => (row.number === i + 1 ? row : { ...row, number: i + 1 }))
  return { ...over(written, base, mine, theirs), rows }
}

/** Whether something is written here that the server does not have. */
export function unsent(base: Meeting, mine: Meeting): boolean {
  if (base.seq === 0 || written.some((field) => !same(mine[field], base[field]))) return true
  return mine.rows.some((row) => {
    const known = rowOf(base, row.id)
    return !known || writtenInRow.some((field) => !same(row[field], known[field]))
  })
}
