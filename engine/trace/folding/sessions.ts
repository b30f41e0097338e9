/** Sessions: who said what to which daemon, and where it led. */
import {
  isSession,
  type FactOf,
  type ServerDaemon,
  type SessionFact,
  type Stamp,
  type TraceEvent,
} from '../events.ts'
import type { Exchange, SessionView } from '../world.ts'
import type { Draft } from './draft.ts'

type At<F> = Stamp & F

/** True when the event was a fact of a session. */
export function foldSession(draft: Draft, event: TraceEvent): boolean {
  if (isSession(event, 'opened')) {
    opened(draft, event)
    return true
  }
  if (!('session' in event) || event.session === undefined) return false
  const session = draft.world.sessions.get(event.session)
  if (session === undefined) return isSessionFact(event)

  const change = changeOf(draft, session, event)
  if (change === null) return false
  draft.set('sessions', session.id, {
    ...session,
    ...change,
    journey: event.journey ?? session.journey,
  })
  return isSessionFact(event)
}

function opened(draft: Draft, event: At<SessionFact<'opened'>>): void {
  const connection = draft.world.connections.get(event.connection)
  draft.set('sessions', event.session, {
    id: event.session,
    daemon: daemonOf(event.type),
    host: event.host ?? '',
    connection: event.connection,
    service: event.service,
    port: event.port,
    client: event.client,
    clientHost: connection?.from.host ?? null,
    clientSays: [],
    openedAt: event.at,
    openedSeq: event.seq,
    state: null,
    tls: null,
    tlsFailure: null,
    user: null,
    exchanges: [],
    closed: null,
    journey: event.journey ?? null,
  })
  draft.update('connections', event.connection, () => ({ session: event.session }))
}

/** What one event changes in its session; null when it is no fact that a session keeps. */
function changeOf(draft: Draft, session: SessionView, event: TraceEvent): Partial<SessionView> | null {
  const last = session.exchanges.at(-1)
  const begin = (turn: Partial<Exchange>) => ({
    exchanges: draft.append(session.exchanges, { ...emptyTurn, seq: event.seq, at: event.at, ...turn }),
  })
  const go = (turn: Partial<Exchange>) =>
    last === undefined
      ? begin(turn)
      : { exchanges: draft.replaceLast(session.exchanges, { ...last, ...turn }) }

  if (isSession(event, 'command')) return begin({ command: { line: event.line, verb: event.verb } })
  if (isSession(event, 'data')) {
    const data = { size: event.size, head: event.head }
    // BDAT and a literal belong to their command; after a 354 the data are a turn of their own.
    return last?.command && last.replies.length === 0 ? go({ data }) : begin({ data })
  }
  if (isSession(event, 'reply')) {
    const reply = { seq: event.seq, at: event.at, reply: event.reply }
    refused(draft, session, event)
    if (event.unasked && last?.replies.length !== 0) return begin({ replies: [reply] })
    return go({ replies: draft.append(last?.replies ?? [], reply) })
  }
  if (isSession(event, 'state'))
    return { state: event.to, ...go({ state: { from: event.from, to: event.to } }) }
  if (isSession(event, 'tls'))
    return event.outcome === 'established' ? { tls: tlsOf(event) } : { tlsFailure: event.reason ?? '' }
  if (isSession(event, 'auth')) {
    const { mechanism, user, outcome, reason } = event
    const auth = { mechanism, user, outcome, ...(reason === undefined ? {} : { reason }) }
    return { ...(outcome === 'ok' ? { user } : {}), ...go({ auth }) }
  }
  if (isSession(event, 'client')) return { clientSays: draft.append(session.clientSays, event.says) }
  if (isSession(event, 'closed')) return { closed: { at: event.at, reason: event.reason } }
  switch (event.type) {
    case 'restriction.list': {
      const list = { stage: event.stage, list: event.list, items: event.items ?? itemsOf(session, event) }
      return go({ lists: [...(last?.lists ?? []), list] })
    }
    case 'restriction.verdict':
      return go({ verdicts: [...(last?.verdicts ?? []), verdictOf(event)] })
    case 'table.looked':
      return go({ lookups: [...(last?.lookups ?? []), event.lookup] })
    case 'smtpd.transaction':
      return {}
    default:
      return null
  }
}

const emptyTurn = {
  command: null,
  data: null,
  lists: [],
  verdicts: [],
  lookups: [],
  auth: null,
  replies: [],
  state: null,
}

/** A list is walked at nearly every recipient: it was not long ago. */
const remembered = 200

/** As they were said when the list was first walked. */
function itemsOf({ exchanges }: SessionView, { list }: FactOf<'restriction.list'>): readonly string[] {
  for (const { lists } of exchanges.slice(-remembered).toReversed()) {
    const known = lists.find((one) => one.list === list)
    if (known !== undefined) return known.items
  }
  return []
}

const daemonOf = (type: string) => type.slice(0, type.indexOf('.')) as ServerDaemon

const isSessionFact = (event: TraceEvent) => sessionDaemon.test(event.type)
const sessionDaemon = /^(?:smtpd|lmtpd|pop3d|imapd|sieved|peer)\./

const tlsOf = ({ version, cipher, bits }: SessionFact<'tls'>) => ({ version, cipher, bits })

function verdictOf({ type: _type, session: _session, ...verdict }: At<FactOf<'restriction.verdict'>>) {
  return verdict
}

function refused(draft: Draft, session: SessionView, event: At<SessionFact<'reply'>>): void {
  if (!/^(?:[45]\d\d|-ERR|NO|BAD)$/.test(event.reply.code)) return
  draft.world.refusals = draft.append(draft.world.refusals, {
    seq: event.seq,
    at: event.at,
    host: session.host,
    session: session.id,
    daemon: session.daemon,
    verb: session.exchanges.at(-1)?.command?.verb ?? null,
    reply: event.reply,
  })
}
