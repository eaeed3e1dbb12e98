import { palettes, type Theme } from '../style/palette'

const storageKey = 'lintu.theme'

/** What was chosen before; without that, night for a screen on a wall or desk and day for a phone. */
export function firstTheme(): Theme {
  try {
    const stored = localStorage.getItem(storageKey)
    if (stored !== null && stored in palettes) return stored as Theme
  } catch {
    // storage may be forbidden; the address still works
  }
  return matchMedia('(max-width: 719px)').matches ? 'day' : 'night'
}

export function keepTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme
  try {
    localStorage.setItem(storageKey, theme)
  } catch {
    // the address carries it
  }
}

/** How much larger than at 1080p the map writes and draws, as the page's type does. */
export function mapScale(): number {
  if (!matchMedia('(min-width: 1200px)').matches) return 1
  return Math.round((parseFloat(getComputedStyle(document.documentElement).fontSize) / 14) * 20) / 20
}
