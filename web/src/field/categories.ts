import type { Category } from './api'

/** How many are offered as large keys. */
const shownFirst = 6

export interface Branch {
  node: Category
  leaves: Branch[]
}

const live = (all: readonly Category[]) => all.filter((c) => !c.retired)

/** Cases are of leaves. */
export function leavesOf(all: readonly Category[]): Category[] {
  const parents = new Set(live(all).map((c) => c.parent))
  return live(all).filter((c) => !parents.has(c.code))
}

/** The large keys: what the tenant calls usual, and what this phone used last in front of it. */
export function usualOf(all: readonly Category[], recent: readonly string[]): Category[] {
  const leaves = leavesOf(all)
  const own = recent.flatMap((code) => leaves.filter((c) => c.code === code)).slice(0, 2)
  const usual = leaves.filter((c) => c.usual && !own.includes(c))
  const rest = leaves.filter((c) => !c.usual && !own.includes(c))
  return [...own, ...usual, ...rest].slice(0, shownFirst)
}

/** The tree under a node. */
export function treeOf(all: readonly Category[], parent = ''): Branch[] {
  return live(all).filter((c) => c.parent === parent).map((node) => ({ node, leaves: treeOf(all, node.code) }))
}

/** Leaves whose name, or whose parent's name, contains all the words; or whose code begins so. */
export function findIn(all: readonly Category[], words: string): Category[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== '')
  if (wanted.length === 0) return []
  const byCode = new Map(all.map((c) => [c.code, c]))
  const textOf = (c: Category): string => `${c.title.zh} ${c.title.en} ${c.parent ? textOf(byCode.get(c.parent) ?? { ...c, parent: '' }) : ''}`.toLowerCase()
  return leavesOf(all).filter((c) => wanted.every((word) => textOf(c).includes(word) || c.code.startsWith(word)))
}
