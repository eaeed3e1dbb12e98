import type { Answers, Candidate, Column, Question, Report } from './types'

/** Answers that are yes or no; all others are words. */
const flags = ['skip', 'skipRefused', 'closeMissing'] as const
type Flag = (typeof flags)[number]

const isFlag = (key: string): key is Flag => (flags as readonly string[]).includes(key)

/** What answers say under a key of a candidate's `set`: crs, from, map.code, skipRefused. */
export function said(answers: Answers, key: string): string | undefined {
  if (key.startsWith('map.')) return answers.map?.[key.slice('map.'.length)]
  const value = (answers as Record<string, unknown>)[key]
  return value === undefined || value === false ? undefined : String(value)
}

/** Says something under such a key, or takes it back with null. */
export function say(answers: Answers, key: string, value: string | null): Answers {
  if (key.startsWith('map.')) return withField(answers, key.slice('map.'.length), value)
  const next: Record<string, unknown> = { ...answers }
  if (value === null) delete next[key]
  else next[key] = isFlag(key) ? value === 'true' : value
  return next as Answers
}

function withField(answers: Answers, field: string, column: string | null): Answers {
  const { map: old, ...rest } = answers
  const map = { ...old }
  if (column === null) delete map[field]
  else map[field] = column
  return Object.keys(map).length > 0 ? { ...rest, map } : rest
}

/** Keys that belong together: whoever answers one of them anew takes back the others. */
function keysOf(question: string): string[] {
  if (question === 'crs') return ['crs', 'from']
  if (question === 'refused') return ['skipRefused', 'skip']
  return [question]
}

/** The answers after choosing a candidate of a question. */
export function choose(answers: Answers, question: string, candidate: Pick<Candidate, 'set'>): Answers {
  const cleared = takeBack(answers, question)
  return Object.entries(candidate.set).reduce((all, [key, value]) => say(all, key, value), cleared)
}

/** The answers without what answers the question. */
export function takeBack(answers: Answers, question: string): Answers {
  const cleared = keysOf(question).reduce((all, key) => say(all, key, null), answers)
  // Columns were named for the fields of the layer.
  return question === 'layer' ? withoutMap(cleared) : cleared
}

function withoutMap(answers: Answers): Answers {
  const rest = { ...answers }
  delete rest.map
  return rest
}

export function isAnswered(answers: Answers, question: string): boolean {
  return keysOf(question).some((key) => said(answers, key) !== undefined)
}

export function isChosen(answers: Answers, question: string, candidate: Candidate): boolean {
  return keysOf(question).every((key) => said(answers, key) === candidate.set[key])
}

/** Feeds a field from a column; null leaves it to the importer again. */
export function feed(answers: Answers, column: string, field: string | null): Answers {
  const freed = Object.entries(answers.map ?? {}).filter(([, name]) => name === column).reduce((all, [key]) => withField(all, key, null), answers)
  return field === null ? freed : withField(freed, field, column)
}

/**
 * What stands under the questions of a dataset: those that are open, and those
 * that were asked before and are answered now, so that the answer can be changed.
 */
export function questionsToShow(asked: readonly Question[], report: Report | undefined, answers: Answers): Question[] {
  const open = report?.questions ?? []
  const keys = new Set(open.map((q) => q.key))
  return [...open, ...asked.filter((q) => !keys.has(q.key) && isAnswered(answers, q.key))]
}

/** Remembers the questions of a new report; a question asked again replaces the old one. */
export function remember(asked: readonly Question[], report: Report | undefined): Question[] {
  const fresh = report?.questions ?? []
  return [...fresh, ...asked.filter((old) => !fresh.some((q) => q.key === old.key))]
}

/** Columns that feed a field first, then the others as in the file. */
export function inOrder(columns: readonly Column[]): Column[] {
  return [...columns.filter((c) => c.field), ...columns.filter((c) => !c.field)]
}
