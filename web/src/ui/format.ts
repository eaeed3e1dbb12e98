import type { Lang, Say } from '../lang'

const locale = (lang: Lang) => (lang === 'en' ? 'en-GB' : 'zh-CN')

export function formatCount(n: number, lang: Lang): string {
  return n.toLocaleString(locale(lang))
}

export function formatDay(when: Date, lang: Lang): string {
  return when.toLocaleDateString(locale(lang), { year: 'numeric', month: 'long', day: 'numeric' })
}

export function formatWeekday(when: Date, lang: Lang): string {
  return when.toLocaleDateString(locale(lang), { month: 'long', day: 'numeric', weekday: 'long' })
}

export function formatTime(when: Date): string {
  return when.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

/** Day and minute of an instant in RFC 3339. */
export function formatWhen(iso: string, lang: Lang): string {
  const when = new Date(iso)
  return `${formatDay(when, lang)} ${formatTime(when)}`
}

/** An instant of RFC 3339 to the second. */
export function formatMoment(iso: string, lang: Lang): string {
  return new Date(iso).toLocaleString(locale(lang), { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
}

export function formatAge(ageMS: number, say: Say): string {
  const seconds = Math.max(0, Math.round(ageMS / 1000))
  if (seconds < 60) return say('ageSeconds', { n: seconds })
  if (seconds < 3600) return say('ageMinutes', { n: Math.floor(seconds / 60) })
  return say('ageHours', { n: Math.floor(seconds / 3600) })
}

export function formatMetres(metres: number, say: Say): string {
  return metres < 1000 ? say('metres', { n: metres }) : say('kilometres', { n: metres / 1000 })
}
