/**
 * Folds what happened into what is: the world at any moment is the events up to it, folded in order.
 * Rewinding is folding fewer of them; going on is folding the rest onto a world that is there already.
 *
 * Next: engine/trace/journey.ts
 */
import type { TraceEvent } from './events.ts'
import { createDraft } from './folding/draft.ts'
import { foldJourney } from './folding/journeys.ts'
import { foldLab } from './folding/lab.ts'
import { foldMailbox } from './folding/mailboxes.ts'
import { foldQueue } from './folding/queues.ts'
import { foldSession } from './folding/sessions.ts'
import { emptyWorld, type World } from './world.ts'

export * from './world.ts'

/** `from` is left as it was. An event that `from` has folded already is passed over. */
export function fold(events: Iterable<TraceEvent>, from: World = emptyWorld): World {
  const draft = createDraft(from)
  for (const event of events) {
    if (event.seq <= draft.world.seq) continue
    draft.world.seq = event.seq
    if (event.at > draft.world.clock.at) draft.world.clock = { ...draft.world.clock, at: event.at }
    if (!foldSession(draft, event)) {
      foldLab(draft, event)
      foldQueue(draft, event)
      foldMailbox(draft, event)
    }
    foldJourney(draft, event)
  }
  return draft.world
}
