/** One message of a stream of Server-Sent Events. */
export interface Message {
  event: string
  data: string
  /** The stream's place after this message; empty where it has none. */
  id: string
}

/**
 * Reads a stream of Server-Sent Events as it comes, in pieces of any size.
 * EventSource would hide comments, by which a silent server is told from a lost
 * one, and the status of a refusal.
 */
export function createReader(): (chunk: string) => Message[] {
  let rest = ''
  let event = ''
  let data: string[] = []
  let id = ''

  function line(text: string): Message | null {
    if (text === '') {
      const done = data.length > 0 ? { event: event || 'message', data: data.join('\n'), id } : null
      event = ''
      data = []
      return done
    }
    const colon = text.indexOf(':')
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    else if (field === 'data') data.push(value)
    else if (field === 'id') id = value
    return null
  }

  return (chunk) => {
    // A \r may be the first half of \r\n.
    const text = rest + chunk
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text
    const lines = whole.split(/\r\n|\n|\r/)
    rest = (lines.pop() ?? '') + text.slice(whole.length)
    return lines.flatMap((each) => line(each) ?? [])
  }
}
