/**
 * Which letter is this fact about? A letter begins its journey with an accepted MAIL and keeps it across hosts: a
 * delivery agent's connection carries the journey of the queue file that it delivers to the server at the other end.
 * Bounces and forwards belong to the journey of the message that they come from.
 *
 * Next: engine/trace/fold.ts
 */
import { isSession, type TraceFact } from './events.ts'

export type Stamper = (host: string | undefined, fact: TraceFact) => string | undefined

/** What is remembered is bounded: the oldest goes first. */
const mostRemembered = 100_000

/** `first`: journeys are numbered from there on, so that a lab that starts again repeats none. */
export function createStamper(first = 0): Stamper {
  let journeys = first
  const ofQueueFile = remember<string>()
  const ofSession = remember<string>()
  const carried = remember<string>()
  const connectionOf = remember<string>()
  const nextJourney = () => `j${++journeys}`
  const queueFile = (host: string | undefined, queueId: string) => `${host ?? ''}/${queueId}`
  const heard = (session: string) => ofSession.get(session) ?? carried.get(connectionOf.get(session) ?? '')

  return (host, fact) => {
    if ('queueId' in fact && fact.queueId !== undefined && fact.type !== 'queue.created') {
      const journey = ofQueueFile.get(queueFile(host, fact.queueId))
      if ('connection' in fact && journey !== undefined) carried.set(fact.connection, journey)
      return journey
    }
    if (fact.type === 'queue.created') {
      const from = fact.parent !== undefined ? ofQueueFile.get(queueFile(host, fact.parent)) : undefined
      const journey = from ?? (fact.session === undefined ? undefined : heard(fact.session)) ?? nextJourney()
      ofQueueFile.set(queueFile(host, fact.queueId), journey)
      return journey
    }
    if (fact.type === 'smtpd.transaction') {
      const journey = carried.get(connectionOf.get(fact.session) ?? '') ?? nextJourney()
      ofSession.set(fact.session, journey)
      return journey
    }
    if (isSession(fact, 'opened')) {
      connectionOf.set(fact.session, fact.connection)
      return carried.get(fact.connection)
    }
    if (!('session' in fact) || fact.session === undefined) return undefined
    const journey = heard(fact.session)
    // Back in the state in which a new letter may begin: what follows is no longer about this one.
    if (isSession(fact, 'state') && (fact.to === 'ready' || fact.to === 'connected'))
      ofSession.delete(fact.session)
    if (isSession(fact, 'closed')) {
      ofSession.delete(fact.session)
      connectionOf.delete(fact.session)
    }
    return journey
  }
}

function remember<V>() {
  const known = new Map<string, V>()
  return {
    get: (key: string) => known.get(key),
    delete: (key: string) => void known.delete(key),
    set(key: string, value: V) {
      if (known.size >= mostRemembered && !known.has(key)) known.delete(known.keys().next().value ?? '')
      known.set(key, value)
    },
  }
}
