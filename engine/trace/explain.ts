/**
 * Why? Of a reply, or of what became of a letter: what was answered, what it means, which cause the trace knows, and the
 * trail that led there. A fold of facts, in values; `sayWhy` puts it into the words of one language.
 */
import type { FactOf, Lookup, ServerDaemon, TracedReply, TraceEvent } from './events.ts'
import { isSession } from './events.ts'
import type { Cause } from './cause.ts'
import { causeOfDelivery } from './explaining/delivery-cause.ts'
import { causeOfReply } from './explaining/reply-cause.ts'
import { meaningOf, wordsFor } from './meaning.ts'
import { trailOf, type Step, type Trail } from './trail.ts'
import type { Words } from './words/words.ts'
import { queueFileKey, type Exchange, type RecipientView, type SessionView, type World } from './world.ts'

export type Explanation = {
  readonly seq: number
  /** Whose reply it is; null where that is not known any more, and for a delivery. */
  readonly daemon: ServerDaemon | null
  readonly reply: TracedReply | null
  /** The command that was answered; null for a greeting, a goodbye, the end of a letter, a delivery. */
  readonly command: Exchange['command']
  /** As `meaningOf` wants it: `.` for the end of a letter. */
  readonly verb: string | null
  readonly cause: Cause | null
  readonly trail: Trail
  readonly lookups: readonly Lookup[]
  readonly delivery: (FactOf<'delivery.result'> & { readonly route: RecipientView['route'] }) | null
}

/** Null when there is nothing to explain about this fact. `world`: as of then, or later. */
export function explain(world: World, event: TraceEvent): Explanation | null {
  if (isSession(event, 'reply')) {
    const session = world.sessions.get(event.session)
    const exchange = session?.exchanges.find(({ replies }) => replies.some(({ seq }) => seq === event.seq))
    return ofReply(event.seq, event.reply, session ?? null, exchange ?? null)
  }
  if (isSession(event, 'tls'))
    return event.outcome === 'failed'
      ? { ...nothing, seq: event.seq, cause: { kind: 'tls-failed', reason: event.reason ?? '' } }
      : null
  switch (event.type) {
    case 'delivery.result':
      return ofDelivery(world, event)
    case 'bounce.created':
      return ofLetter(world, event, event.kind === 'delay' ? 'deferred' : 'bounced')
    case 'queue.moved':
      return event.to === 'deferred' ? ofLetter(world, event, 'deferred') : null
    default:
      return null
  }
}

const nothing: Omit<Explanation, 'seq'> = {
  daemon: null,
  reply: null,
  command: null,
  verb: null,
  cause: null,
  trail: [],
  lookups: [],
  delivery: null,
}

function ofReply(
  seq: number,
  reply: TracedReply,
  session: SessionView | null,
  exchange: Exchange | null,
): Explanation {
  const trail = exchange === null ? [] : trailOf(exchange)
  return {
    seq,
    daemon: session?.daemon ?? null,
    reply,
    command: exchange?.command ?? null,
    verb: exchange?.data && !exchange.command ? '.' : (exchange?.command?.verb ?? null),
    cause: session === null || exchange === null ? null : causeOfReply({ reply, session, exchange, trail }),
    trail,
    lookups: exchange?.lookups ?? [],
    delivery: null,
  }
}

function ofDelivery(world: World, event: TraceEvent & FactOf<'delivery.result'>): Explanation {
  const file = world.queueFiles.get(queueFileKey(event.host ?? '', event.queueId))
  const recipient = file?.recipients.find(({ address }) => address === event.recipient)
  return {
    ...nothing,
    seq: event.seq,
    cause: causeOfDelivery(event),
    delivery: { ...event, route: recipient?.route ?? null },
  }
}

/** What became of a letter, by the first of its recipients of whom that holds. */
function ofLetter(
  world: World,
  event: TraceEvent & { readonly queueId: string },
  outcome: 'deferred' | 'bounced',
): Explanation | null {
  const { host = '', seq, at, queueId } = event
  const file = world.queueFiles.get(queueFileKey(host, queueId))
  const found = file?.recipients.find(({ result }) => result?.outcome === outcome)
  if (found?.result == null) return null
  const { agent, status, relay, text, delays } = found.result
  const { address: recipient, original } = found
  const type = 'delivery.result' as const
  return ofDelivery(world, {
    ...{ seq, at, host, type, queueId, agent, recipient, original, outcome, status, relay, text },
    delays,
  })
}

export type Said = {
  readonly meaning: string
  /** Empty when the trace does not know more than the reply says. */
  readonly because: string
}

export function sayWhy({ reply, verb, cause }: Explanation, words: Words): Said {
  return {
    meaning: reply === null ? '' : meaningOf(reply, verb, words),
    because: cause === null ? '' : sayCause(cause, words),
  }
}

/** The table has a sentence for each kind, and takes that kind. */
export const sayCause = (cause: Cause, { causes }: Words): string =>
  (causes[cause.kind] as (cause: Cause) => string)(cause)

/** What a restriction does; null for a class, which the operator named. */
export const sayStep = ({ name }: Pick<Step, 'name'>, { restrictions }: Words): string | null =>
  wordsFor(restrictions, name.toLowerCase()) ?? null
