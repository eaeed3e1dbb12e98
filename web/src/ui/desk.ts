import { palettes, type Theme } from '../style/palette'

/** Apart from the wall's: a desk is lit, a wall is not. */
const storageKey = 'lintu.desk.theme'

/** What was chosen on a page for the desk before; else day. */
export function firstTheme(): Theme {
  try {
    const stored = localStorage.getItem(storageKey)
    if (stored !== null && stored in palettes) return stored as Theme
  } catch {
    // storage may be forbidden
  }
  return 'day'
}

export function showTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme
  try {
    localStorage.setItem(storageKey, theme)
  } catch {
    // then it holds for this visit
  }
}
