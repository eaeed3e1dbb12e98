import type { ApiError } from '../api/client'
import { textIn, type Lang, type Say } from '../lang'

/** What to tell somebody about a request that failed: the server's own sentence first. */
export function troubleText(error: ApiError, lang: Lang, say: Say): string {
  if (error.text) return textIn(lang, error.text)
  switch (error.trouble) {
    case 'unreachable':
      return say('errorUnreachable')
    case 'signedOut':
      return say('errorSignedOut')
    case 'throttled':
      return say('errorThrottled')
    case 'forbidden':
      return say('errorForbidden')
    default:
      return say('errorServer', { status: error.status })
  }
}
