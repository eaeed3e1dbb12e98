/** What a key means on the console. */
export type Command =
  | { do: 'move' | 'tab'; by: 1 | -1 }
  | { do: 'unit'; n: number }
  | { do: 'act'; act: string }
  | { do: 'dispatch' | 'select' | 'refresh' | 'find' | 'keys' | 'back' }

const named: Record<string, Command> = {
  j: { do: 'move', by: 1 }, k: { do: 'move', by: -1 }, ArrowDown: { do: 'move', by: 1 }, ArrowUp: { do: 'move', by: -1 },
  ']': { do: 'tab', by: 1 }, '[': { do: 'tab', by: -1 },
  Enter: { do: 'dispatch' }, x: { do: 'select' }, r: { do: 'refresh' }, '/': { do: 'find' }, '?': { do: 'keys' }, F1: { do: 'keys' }, Escape: { do: 'back' },
  v: { do: 'act', act: 'verify' }, a: { do: 'act', act: 'approve' }, n: { do: 'act', act: 'deny' }, s: { do: 'act', act: 'supervise' },
  c: { do: 'act', act: 'close' }, w: { do: 'act', act: 'rework' },
  p: { do: 'act', act: 'plan' }, m: { do: 'act', act: 'merge' }, l: { do: 'act', act: 'link' }, g: { do: 'act', act: 'locate' },
}

/** The key of an act, as buttons show it. */
export const keyOf = (act: string): string => (Object.entries(named).find(([, command]) => command.do === 'act' && command.act === act)?.[0] ?? '').toUpperCase()

/** The table of keys: the key and what it does. */
export const keyRows = [
  ['consoleKeyMove', 'consoleKeyMoveWhat'], ['consoleKeyTabs', 'consoleKeyTabsWhat'], ['consoleKeyAssign', 'consoleKeyAssignWhat'],
  ['consoleKeyActs', 'consoleKeyActsWhat'], ['consoleKeyForms', 'consoleKeyFormsWhat'], ['consoleKeySelect', 'consoleKeySelectWhat'],
  ['consoleKeyRefresh', 'consoleKeyRefreshWhat'], ['consoleKeyFind', 'consoleKeyFindWhat'], ['keyHelp', 'keyHelpWhat'],
] as const

export function commandOf({ key, ctrlKey, altKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>): Command | null {
  if (ctrlKey || altKey || metaKey) return null
  if (/^[1-9]$/.test(key)) return { do: 'unit', n: Number(key) }
  return named[key] ?? named[key.toLowerCase()] ?? null
}
