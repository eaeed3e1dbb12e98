import type { Message } from './message'
import { messages, type MessageKey } from './messages'

export type Lang = 'zh' | 'en'

const storageKey = 'lintu.lang'

/** Chooses the language: the address first, then what was chosen before, then Chinese. */
export function pickLang(search: string, stored: string | null): Lang {
  for (const wish of [new URLSearchParams(search).get('lang'), stored]) {
    if (wish?.toLowerCase().startsWith('en')) return 'en'
    if (wish?.toLowerCase().startsWith('zh')) return 'zh'
  }
  return 'zh'
}

/** Fills `{name}` in a sentence. */
export function fill(sentence: string, values: Record<string, string | number> = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}

/** A server's text, or a message's, in the language. */
export function textIn(lang: Lang, text: Message): string {
  return lang === 'en' ? text.en : text.zh
}

export type Say = (key: MessageKey, values?: Record<string, string | number>) => string

export function sayIn(lang: Lang): Say {
  return (key, values) => fill(textIn(lang, messages[key]), values)
}

function readStored(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null // storage may be forbidden; the address still works
  }
}

/** The language of this page; sets <html lang>. */
export function startLang(): Lang {
  const lang = pickLang(location.search, readStored())
  document.documentElement.lang = lang === 'en' ? 'en' : 'zh-CN'
  return lang
}

/** Remembers the language and loads the page in it; the hash (the view) stays. */
export function changeLang(lang: Lang): void {
  try {
    localStorage.setItem(storageKey, lang)
  } catch {
    // the address carries it
  }
  const url = new URL(location.href)
  url.searchParams.set('lang', lang)
  location.replace(url)
}
