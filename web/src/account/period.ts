import type { Lang, Say } from '../lang'
import { formatDay } from '../ui/format'

/** From when to when a role is held. */
export function periodText({ from, to }: { from: string; to?: string | null }, lang: Lang, say: Say): string {
  const begin = formatDay(new Date(from), lang)
  return to ? say('periodBetween', { from: begin, to: formatDay(new Date(to), lang) }) : say('periodFrom', { from: begin })
}
