const key = 'lintu.field.recent'
const most = 4

/** The categories that this phone reported last. */
export function recentCategories(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(list) ? list.filter((code) => typeof code === 'string') : []
  } catch {
    return []
  }
}

export function rememberCategory(code: string): void {
  try {
    localStorage.setItem(key, JSON.stringify([code, ...recentCategories().filter((other) => other !== code)].slice(0, most)))
  } catch {
    // then the usual ones are offered
  }
}

export const forgetRecent = (): void => localStorage.removeItem(key)
