/** What a key of the keyboard or of a remote control means on the wall. */
export type Command =
  | { do: 'case' | 'area'; by: 1 | -1 }
  | { do: 'go' | 'town' | 'back' | 'heat' | 'tour' | 'screen' | 'late' | 'keys' }
  | { do: 'nth'; n: number }

const named: Record<string, Command> = {
  ArrowRight: { do: 'case', by: 1 }, ArrowLeft: { do: 'case', by: -1 }, ArrowDown: { do: 'area', by: 1 }, ArrowUp: { do: 'area', by: -1 },
  Enter: { do: 'go' }, Escape: { do: 'back' }, '0': { do: 'town' }, h: { do: 'heat' }, t: { do: 'tour' }, f: { do: 'screen' }, l: { do: 'late' },
  '?': { do: 'keys' }, F1: { do: 'keys' },
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>

export function commandOf({ key, ctrlKey, altKey, metaKey }: Pressed): Command | null {
  if (ctrlKey || altKey || metaKey) return null
  if (/^[1-9]$/.test(key)) return { do: 'nth', n: Number(key) }
  return named[key] ?? named[key.toLowerCase()] ?? null
}

/** The one that many steps along a list, around its ends; the first where none is known. */
export function stepped<T>(list: readonly T[], at: T | null, by: number): T | undefined {
  const i = at === null ? -1 : list.indexOf(at)
  if (i < 0) return by > 0 ? list[0] : list.at(-1)
  return list[(i + by + list.length) % list.length]
}
