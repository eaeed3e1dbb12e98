import { inflateSync } from 'node:zlib'

/** The objects of a PDF as Chromium writes it, by number: what is said of each, and its stream in clear. */
function objectsOf(pdf) {
  const text = pdf.toString('latin1')
  const objects = new Map()
  for (const hit of text.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)) {
    const begin = hit.index + hit[0].length
    const head = text.slice(begin, text.indexOf('endobj', begin)).split('stream\n', 1)[0]
    const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0)
    const from = begin + head.length + 'stream\n'.length
    const packed = length > 0 && head.includes('/FlateDecode')
    objects.set(hit[1], { head, stream: packed ? inflateSync(pdf.subarray(from, from + length)).toString('latin1') : '' })
  }
  return objects
}

const utf16 = (hex) => Buffer.from(hex, 'hex').swap16().toString('utf16le')

/** What the codes of a font mean, from its ToUnicode map. */
function meaningsOf(cmap) {
  const meanings = new Map()
  for (const [, part] of cmap.matchAll(/beginbfchar\n([^]*?)endbfchar/g)) {
    for (const [, code, hex] of part.matchAll(/<(\w+)> <(\w+)>/g)) meanings.set(parseInt(code, 16), utf16(hex))
  }
  for (const [, part] of cmap.matchAll(/beginbfrange\n([^]*?)endbfrange/g)) {
    for (const [, first, last, hex] of part.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
      for (let code = parseInt(first, 16); code <= parseInt(last, 16); code++) meanings.set(code, String.fromCharCode(parseInt(hex, 16) + code - parseInt(first, 16)))
    }
  }
  return { width: /begincodespacerange\n<(\w+)>/.exec(cmap)?.[1].length ?? 4, meanings }
}

/**
 * The text of each page of a PDF as Chromium prints it, without spaces. Fonts name some
 * Chinese characters by look-alikes (⾥ for 里): most are made the usual ones.
 */
export function pagesOf(pdf) {
  const objects = objectsOf(pdf)
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\b/.test(head))
  return pages.map(({ head }) => {
    const box = /\/MediaBox \[([^\]]*)\]/.exec(head)?.[1].split(' ').map(Number) ?? []
    const fonts = new Map([...head.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, id]) => {
      const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id)?.head ?? '')?.[1]
      return [name, meaningsOf(objects.get(map)?.stream ?? '')]
    }))
    let font
    let text = ''
    const content = objects.get(/\/Contents (\d+) 0 R/.exec(head)?.[1])?.stream ?? ''
    for (const [, name, hex] of content.matchAll(/\/(F\d+) [\d.]+ Tf|<(\w+)>/g)) {
      if (name) font = fonts.get(name)
      else for (let i = 0; font && i < hex.length; i += font.width) text += font.meanings.get(parseInt(hex.slice(i, i + font.width), 16)) ?? ''
    }
    return { widthPT: box[2], heightPT: box[3], text: text.normalize('NFKC').replace(/\s/g, '').replaceAll(':', '：') }
  })
}
