import type { Category, Rule, Rung, Uncovered } from '../api/rules'
import { textIn, type Lang } from '../lang'

/** Words of the page for what a rule leaves open. */
export interface Names {
  lang: Lang
  categories: readonly Category[]
  rungs: readonly Rung[]
  every: string
  everywhere: string
}

export const categoryName = ({ lang, categories, every }: Names, code: string): string => {
  if (code === '') return every
  const found = categories.find((c) => c.code === code)
  return found ? textIn(lang, found.title) : code
}

export const rungName = ({ lang, rungs }: Names, rung: string): string => {
  const found = rungs.find((r) => r.rung === rung)
  return found ? textIn(lang, found.title) : rung
}

export const areaName = (names: Names, rule: Rule): string => rule.area?.name || rule.area?.code || names.everywhere

export interface Group {
  category: string
  rules: Rule[]
}

/** The rules by category, in the order of the tree; those for every category first. */
export function groupsOf(rules: readonly Rule[], categories: readonly Category[]): Group[] {
  const place = new Map(categories.map((c, i) => [c.code, i]))
  const order = (code: string) => (code === '' ? -1 : (place.get(code) ?? categories.length))
  const groups = new Map<string, Rule[]>()
  for (const rule of rules) {
    const category = rule.category ?? ''
    groups.set(category, [...(groups.get(category) ?? []), rule])
  }
  return [...groups]
    .map(([category, list]) => ({ category, rules: list }))
    .sort((a, b) => order(a.category) - order(b.category))
}

/** The rules in which every word occurs: number, category, area, rung, unit or note. */
export function matching(rules: readonly Rule[], words: string, names: Names): Rule[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  return rules.filter((rule) => {
    const category = rule.category ?? ''
    const text = [`#${rule.number}`, category, categoryName(names, category), areaName(names, rule), rule.area?.code ?? '',
      rungName(names, rule.rung ?? ''), rule.unit.name ?? '', rule.unit.code ?? '', rule.note ?? ''].join(' ').toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}

/** A root of the tree with the categories in which cases are reported. */
export interface Branch {
  root: Category
  leaves: Category[]
}

export function branchesOf(categories: readonly Category[]): Branch[] {
  const live = categories.filter((c) => !c.retired)
  const parents = new Set(live.map((c) => c.parent))
  const byCode = new Map(categories.map((c) => [c.code, c]))
  const rootOf = (c: Category): Category => {
    const parent = byCode.get(c.parent)
    return parent ? rootOf(parent) : c
  }
  const branches = new Map<string, Branch>()
  for (const leaf of live.filter((c) => !parents.has(c.code))) {
    const root = rootOf(leaf)
    const branch = branches.get(root.code) ?? { root, leaves: [] }
    branch.leaves.push(leaf)
    branches.set(root.code, branch)
  }
  return [...branches.values()]
}

/** What nobody covers, to be looked up by category and community. */
export interface Gaps {
  of(category: string, community: string): Uncovered | undefined
  count(categories: readonly Category[]): number
}

export function gapsOf(uncovered: readonly Uncovered[]): Gaps {
  const byPair = new Map(uncovered.map((u) => [`${u.category} ${u.area.code}`, u]))
  const byCategory = new Map<string, number>()
  for (const { category } of uncovered) byCategory.set(category, (byCategory.get(category) ?? 0) + 1)
  return {
    of: (category, community) => byPair.get(`${category} ${community}`),
    count: (categories) => categories.reduce((sum, c) => sum + (byCategory.get(c.code) ?? 0), 0),
  }
}
