import type { BBox, LayerInfo, LayerName } from '../api/types'
import { textIn, type Lang, type Say } from '../lang'
import { metresPerPixel, type View } from '../map/view'
import type { MessageKey } from '../messages'
import { formatCount } from '../ui/format'
import type { Mark } from './state'
import type { Batch, Comparison, Finding, Findings, Part } from './types'

/** Findings of one rule: how many there are, and the ones that are kept. */
export interface Group {
  rule: string
  total: number
  list: Finding[]
}

/** The most frequent rule first. */
export function groupsOf(findings: Findings): Group[] {
  const groups = Object.entries(findings.byRule ?? {}).map(([rule, total]) => ({
    rule,
    total,
    list: (findings.list ?? []).filter((finding) => finding.rule === rule),
  }))
  return groups.sort((a, b) => b.total - a.total)
}

export const partsOf = (batch: Batch): Part[] => batch.parts ?? []

export function openQuestions(batch: Batch): number {
  return partsOf(batch).reduce((n, part) => n + (part.report?.questions?.length ?? 0), 0)
}

/** Rows that are, or would be, stored. */
export function rowsOf(batch: Batch): number {
  return partsOf(batch).reduce((n, part) => n + (part.report?.accepted ?? 0), 0)
}

/** The layers that a batch goes into, each once. */
export function layersOf(batch: Batch): LayerName[] {
  return [...new Set(partsOf(batch).flatMap((part) => part.report?.layer ?? []))]
}

/** What all datasets cover together. */
export function boundsOfBatch(batch: Batch): BBox | null {
  const all = partsOf(batch).flatMap((part) => (part.report?.bounds ? [part.report.bounds] : []))
  return all.reduce<BBox | null>((sum, b) => (sum ? [Math.min(sum[0], b[0]), Math.min(sum[1], b[1]), Math.max(sum[2], b[2]), Math.max(sum[3], b[3])] : b), null)
}

/** The view in which bounds fill a screen of 1000 × 640 pixels. */
export function viewOf([west, south, east, north]: BBox): View {
  const lat = (south + north) / 2
  const perDegree = 512 / 360
  const wide = Math.log2(1000 / Math.max(1e-6, (east - west) * perDegree))
  const high = Math.log2((640 * Math.cos((lat * Math.PI) / 180)) / Math.max(1e-6, (north - south) * perDegree))
  return { center: [(west + east) / 2, lat], zoom: Math.max(2, Math.min(17, wide, high)) }
}

/** The zoom at which an overlap or gap is large enough to be seen with what lies around it. */
export function placeZoom({ at: [, lat], areaM2 }: Mark): number {
  if (areaM2 === 0) return 16
  const sizePX = 150
  return Math.max(12, Math.min(20, Math.log2(metresPerPixel({ center: [0, lat], zoom: 0 }) / (Math.sqrt(areaM2) / sizePX))))
}

/** Layers whose things are counted by a word of their own. */
const countedKeys: Partial<Record<LayerName, MessageKey>> = {
  households: 'countHouseholds',
  heads: 'countHeads',
  roads: 'countRoads',
  buildings: 'countBuildings',
}

export interface Speaker {
  lang: Lang
  say: Say
  layers: readonly LayerInfo[]
}

export function layerTitle(name: LayerName, { lang, layers }: Speaker): string {
  const info = layers.find((layer) => layer.name === name)
  return info ? textIn(lang, info.title) : name
}

function counted(layer: LayerName, n: number, speaker: Speaker): string {
  return speaker.say(countedKeys[layer] ?? 'countOthers', { n: formatCount(n, speaker.lang), layer: layerTitle(layer, speaker) })
}

function changes(c: Comparison, { lang, say }: Speaker): string {
  const parts: [MessageKey, number][] = [['willAdd', c.new], ['willChange', c.changed], ['willKeep', c.unchanged], ['willClose', c.closed]]
  return parts.filter(([, n]) => n > 0).map(([key, n]) => say(key, { n: formatCount(n, lang) })).join(say('listComma'))
}

function partSentence(part: Part, speaker: Speaker, done: boolean): string[] {
  const { report } = part
  if (!report?.layer || report.accepted === 0) return []
  const what = counted(report.layer, report.accepted, speaker)
  const c = report.comparison
  if (!c) return [speaker.say(done ? 'didWrite' : 'willWrite', { what })]
  if (c.new + c.changed + c.closed === 0) return [speaker.say('willChangeNothing', { what })]
  const skipped = report.refusals.total > 0 ? speaker.say('listComma') + speaker.say('willSkip', { n: formatCount(report.refusals.total, speaker.lang) }) : ''
  return [speaker.say(done ? 'didWriteWith' : 'willWriteWith', { what, changes: changes(c, speaker) + skipped })]
}

/** What applying the batch does, or did, in words; empty where that is not known. */
export function sentenceOf(batch: Batch, speaker: Speaker): string {
  return partsOf(batch).flatMap((part) => partSentence(part, speaker, batch.state !== 'draft')).join(speaker.say('listSemicolon'))
}

/** Why a draft cannot be applied now; null if it can. */
export function blockOf(batch: Batch, busy: boolean, say: Say): string | null {
  if (busy) return say('blockedBusy')
  const questions = openQuestions(batch)
  if (questions > 0) return say(questions === 1 ? 'blockedQuestion' : 'blockedQuestions', { n: questions })
  return rowsOf(batch) === 0 ? say('blockedEmpty') : null
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`
}

/** A share of 1 in whole per cent: never 100 for what is not certain, never 0 for what is possible. */
export function percent(share: number): number {
  const whole = Math.round(share * 100)
  if (whole === 100 && share < 1) return 99
  return whole === 0 && share > 0 ? 1 : whole
}
