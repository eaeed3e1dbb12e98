import { textIn, type Lang, type Say } from '../lang'
import type { MessageKey } from '../messages'
import { distanceM } from '../field/place'
import { formatDay, formatMetres, formatWhen } from '../ui/format'
import type { CaseEvent, Handler, Patch, Phase } from './types'
import { linkKeys, modeTitle, rungTitle, sourceTitle, urgencyTitle, visibilityTitle } from './words'

/** What an event is told with. */
export interface Words {
  lang: Lang
  say: Say
  /** Of a category's code. */
  titleOf: (code: string) => string
  /** Of a case's id; what the viewer is not shown has words instead. */
  numberOf: (id: string) => string
}

/** An event in words, beside its act, its state and its note. */
export interface Told {
  event: CaseEvent
  /** Who has done it. */
  by: string
  /** What it has set. */
  facts: string[]
}

/** What an event says of one matter; before is what all earlier ones add up to. */
type Teller = (event: CaseEvent, set: Patch, before: Patch, words: Words) => string[]

const tellers: readonly Teller[] = [asReported, changes, handling, planning, phaseDone, judgement, relations, times, things]

/** A whole history in words, the first event first. */
export function tell(history: readonly CaseEvent[], words: Words): Told[] {
  let before: Patch = {}
  return history.map((event) => {
    const set = event.set ?? {}
    const told = { event, by: byOf(event, before, words), facts: tellers.flatMap((teller) => teller(event, set, before, words)) }
    before = { ...before, ...(set.noHandler ? { handler: null } : {}), ...set }
    return told
  })
}

const parties: Record<string, MessageKey> = {
  reporter: 'partyReporter', resident: 'partyResident', worker: 'partyWorker', handler: 'partyHandler',
  helper: 'partyHelper', dispatcher: 'partyDispatcher', checker: 'partyChecker', system: 'partySystem',
}

const titleOf = (handler: Handler | null | undefined): string => handler?.name || handler?.code || ''

function byOf({ as }: CaseEvent, { handler }: Patch, { say }: Words): string {
  const key = parties[as]
  const party = key ? say(key) : as
  return as === 'handler' && titleOf(handler) !== '' ? `${party} ${titleOf(handler)}` : party
}

const is = ({ say }: Words, name: MessageKey, value: string): string => say('toldIs', { name: say(name), value })

function asReported({ act }: CaseEvent, { source, urgency }: Patch, _: Patch, words: Words): string[] {
  if (act !== 'report') return []
  const { lang } = words
  return [...(source ? [is(words, 'caseSource', textIn(lang, sourceTitle(source)))] : []), ...(urgency ? [is(words, 'caseUrgency', textIn(lang, urgencyTitle(urgency)))] : [])]
}

function changes({ act }: CaseEvent, set: Patch, before: Patch, { lang, say, titleOf }: Words): string[] {
  if (act === 'report') return []
  const differ = <T extends string>(name: MessageKey, from: T | undefined, to: T | undefined, title: (value: T) => string) =>
    from && to && from !== to ? [say('toldChanged', { name: say(name), from: title(from), to: title(to) })] : []
  return [
    ...differ('caseCategory', before.category, set.category, titleOf),
    ...differ('caseUrgency', before.urgency, set.urgency, (u) => textIn(lang, urgencyTitle(u))),
    ...differ('caseRung', before.rung, set.rung, (r) => textIn(lang, rungTitle(r))),
    ...differ('caseMode', before.mode, set.mode, (m) => textIn(lang, modeTitle(m))),
    ...differ('caseVisibility', before.visibility, set.visibility, (v) => textIn(lang, visibilityTitle(v))),
  ]
}

function handling({ act }: CaseEvent, { why, noHandler, returns, supervised }: Patch, before: Patch, words: Words): string[] {
  const { lang, say } = words
  return [
    ...(act === 'dispatch' && why ? [is(words, 'caseWhy', textIn(lang, why))] : []),
    ...(noHandler && titleOf(before.handler) !== '' ? [say('toldAway', { name: titleOf(before.handler) })] : []),
    ...(returns ? [say('caseReturned', { n: returns })] : []),
    ...(supervised ? [say('caseSupervised', { n: supervised })] : []),
  ]
}

function phaseText(key: 'toldPhase' | 'toldPhaseDone', { title, unit, until }: Phase, i: number, { lang, say }: Words): string {
  const parts = { n: i + 1, title, who: titleOf(unit) || say('planLead') }
  return until && key === 'toldPhase' ? say('toldPhaseBy', { ...parts, day: formatDay(new Date(until), lang) }) : say(key, parts)
}

function planning({ act }: CaseEvent, { phases, helpers }: Patch, before: Patch, words: Words): string[] {
  if (act !== 'plan') return []
  const names = (helpers ?? []).map(titleOf).join(words.say('listComma'))
  // Those that were finished before stay at the head of the list.
  const all = (phases ?? []).flatMap((phase, i) => (phase.doneAt ? [] : [phaseText('toldPhase', phase, i, words)]))
  return [...all, ...(names !== '' || before.helpers?.length ? [is(words, 'caseHelpers', names || words.say('listNone'))] : [])]
}

function phaseDone({ act }: CaseEvent, { phases }: Patch, before: Patch, words: Words): string[] {
  if (act !== 'phase_done') return []
  const all = phases ?? []
  const left = all.filter((phase) => !phase.doneAt).length
  const finished = all.flatMap((phase, i) => (phase.doneAt && !before.phases?.[i]?.doneAt ? [phaseText('toldPhaseDone', phase, i, words)] : []))
  return [...finished, left > 0 ? words.say('toldPhasesLeft', { n: left }) : words.say('toldPhasesOver')]
}

/** What was said of the result. */
function judgement({ act }: CaseEvent, { outcome, confirmed, onTime, satisfaction }: Patch, _: Patch, words: Words): string[] {
  const { say } = words
  return [
    ...(outcome ? [is(words, 'caseOutcome', say(outcome === 'agreed' ? 'outcomeAgreed' : 'outcomeNotAgreed'))] : []),
    ...(confirmed == null ? [] : [say(confirmed ? 'toldConfirmed' : 'toldNotConfirmed')]),
    ...(act !== 'close' || onTime == null ? [] : [say(onTime ? 'toldOnTime' : 'toldOverTime')]),
    ...(satisfaction ? [is(words, 'caseSatisfaction', say('caseSatisfactionOf', { n: satisfaction }))] : []),
  ]
}

function relations(_: CaseEvent, { told: sentence, link, unlink }: Patch, __: Patch, { lang, say, numberOf }: Words): string[] {
  return [...(sentence ? [textIn(lang, sentence)] : []), ...(link ? [say(linkKeys[link.kind], { number: numberOf(link.case) })] : []), ...(unlink ? [say('linkUndone', { number: numberOf(unlink.case) })] : [])]
}

function times({ act, to }: CaseEvent, { until, clock }: Patch, before: Patch, { lang, say }: Words): string[] {
  const all: string[] = []
  if (until) all.push(say('toldUntil', { when: formatWhen(until, lang) }))
  if (act === 'approve' && to === 'suspended' && before.until) all.push(say('toldSuspended', { when: formatWhen(before.until, lang) }))
  if (!clock) return all
  if (act === 'report') all.push(say('caseDue', { when: formatWhen(clock.due, lang) }))
  else if (act === 'warn') all.push(say('caseClock', { n: clock.warned }))
  else if (clock.state === 'stopped') all.push(say('caseStopped'))
  else if (clock.state === 'running' && clock.due !== before.clock?.due) all.push(say('toldDue', { when: formatWhen(clock.due, lang) }))
  return all
}

const pathOf = (areas: Patch['areas']): string => (areas ?? []).map((a) => a.name || a.code).join(' › ')

/** Where it is, and what was shown of it. */
function things({ act, photos }: CaseEvent, { place, areas }: Patch, before: Patch, words: Words): string[] {
  const { say } = words
  const all = photos?.length ? [say('toldPhotos', { n: photos.length })] : []
  if (act === 'report') return all
  if (place && before.place) {
    const metres = Math.round(distanceM([before.place.lon, before.place.lat], [place.lon, place.lat]))
    all.push(say('toldMoved', { metres: formatMetres(metres, say) }))
  }
  if (areas && pathOf(areas) !== pathOf(before.areas)) all.push(is(words, 'caseWithin', pathOf(areas) || say('listNone')))
  return all
}
