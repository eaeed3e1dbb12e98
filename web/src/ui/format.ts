import type { Lang, Say } from '../lang'

const locale = (lang: Lang) => (lang === 'en' ? 'en-GB' : 'zh-CN')

/** Formats are made once: to make one costs more than a frame of the map may. */
function once<Format>(make: (locale: string) => Format): (lang: Lang) => Format {
  const made = new Map<Lang, Format>()
  return (lang) => {
    const format = made.get(lang) ?? make(locale(lang))
    made.set(lang, format)
    return format
  }
}

function inBoth(options: Intl.DateTimeFormatOptions): (when: Date, lang: Lang) => string {
  const format = once((of) => new Intl.DateTimeFormat(of, options))
  return (when, lang) => format(lang).format(when)
}

const number = once((of) => new Intl.NumberFormat(of))

export function formatCount(n: number, lang: Lang): string {
  return number(lang).format(n)
}

export const formatDay = inBoth({ year: 'numeric', month: 'long', day: 'numeric' })

export const formatWeekday = inBoth({ month: 'long', day: 'numeric', weekday: 'long' })

const inMinutes = inBoth({ hour: '2-digit', minute: '2-digit' })

export function formatTime(when: Date): string {
  return inMinutes(when, 'en')
}

/** Day and minute of an instant in RFC 3339. */
export function formatWhen(iso: string, lang: Lang): string {
  const when = new Date(iso)
  return `${formatDay(when, lang)} ${formatTime(when)}`
}

/** An instant of RFC 3339 to the second. */
export function formatMoment(iso: string, lang: Lang): string {
  return inSeconds(new Date(iso), lang)
}

const inSeconds = inBoth({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })

export function formatAge(ageMS: number, say: Say): string {
  const seconds = Math.max(0, Math.round(ageMS / 1000))
  if (seconds < 60) return say('ageSeconds', { n: seconds })
  if (seconds < 3600) return say('ageMinutes', { n: Math.floor(seconds / 60) })
  return say('ageHours', { n: Math.floor(seconds / 3600) })
}

export function formatMetres(metres: number, say: Say): string {
  return metres < 1000 ? say('metres', { n: metres }) : say('kilometres', { n: metres / 1000 })
}
