import 'virtual:palettes.css'
import './base.css'
import { mount, type Component } from 'svelte'
import { sayIn, startLang, type Lang, type Say } from '../lang'

/** What every page is given. */
export interface PageProps {
  lang: Lang
  say: Say
}

/** Puts a page into the document, in the language of the visitor. */
export function start(page: Component<PageProps>): void {
  const target = document.getElementById('app')
  if (!target) throw new Error('the page has no #app')
  const lang = startLang()
  mount(page, { target, props: { lang, say: sayIn(lang) } })
}
