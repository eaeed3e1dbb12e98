import type { Say } from '../lang'
import type { MessageKey } from '../messages'
import type { Batch } from './types'
import { openQuestions } from './summary'

/** Who is written into a batch while nobody signs in. */
const actors: Record<string, MessageKey> = { web: 'actorWeb', demo: 'actorDemo' }

export function actorName(actor: string, say: Say): string {
  const key = actors[actor]
  return key ? say(key) : actor
}

const states = { draft: 'stateDraft', applied: 'stateApplied', undone: 'stateUndone', discarded: 'stateDiscarded' } as const

/** How a batch stands: what needs somebody's attention comes before its bare state. */
export function stateKey(batch: Batch): MessageKey {
  if (batch.job?.state === 'running') return 'stateRunning'
  return batch.state === 'draft' && openQuestions(batch) > 0 ? 'stateAsking' : states[batch.state]
}
