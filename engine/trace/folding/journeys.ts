/** Journeys: which sessions, queue files and mailboxes belong to one letter. `journey.ts` tells its story. */
import type { TraceEvent } from '../events.ts'
import { mailboxKey, queueFileKey, type JourneyView } from '../world.ts'
import type { Draft } from './draft.ts'

export function foldJourney(draft: Draft, event: TraceEvent): void {
  if (event.journey === undefined) return
  const old = draft.world.journeys.get(event.journey) ?? newJourney(event.journey, event)
  draft.set('journeys', event.journey, { ...old, ...changeOf(draft, old, event), lastSeq: event.seq })
}

const newJourney = (id: string, event: TraceEvent): JourneyView => ({
  id,
  begunAt: event.at,
  begunSeq: event.seq,
  lastSeq: event.seq,
  sender: null,
  sessions: [],
  queueFiles: [],
  deliveries: [],
})

function changeOf(draft: Draft, journey: JourneyView, event: TraceEvent): Partial<JourneyView> {
  const host = event.host ?? ''
  if (event.type === 'queue.created') {
    return {
      sender: journey.sender ?? event.sender,
      queueFiles: draft.append(journey.queueFiles, queueFileKey(host, event.queueId)),
    }
  }
  if (event.type === 'mailbox.delivered') {
    const mailbox = mailboxKey(host, event.user, event.mailbox)
    return { deliveries: draft.append(journey.deliveries, { mailbox, file: event.file, seq: event.seq }) }
  }
  if (event.type === 'smtpd.transaction')
    return { sender: journey.sender ?? event.sender, ...withSession(event.session) }
  return 'session' in event && event.session !== undefined ? withSession(event.session) : {}

  function withSession(session: string): Partial<JourneyView> {
    return journey.sessions.includes(session) ? {} : { sessions: draft.append(journey.sessions, session) }
  }
}
