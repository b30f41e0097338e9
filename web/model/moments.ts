/**
 * The moments of a trace: those facts in which something visibly moves. Everything else happens between two
 * moments and is shown with the next. A burst of a thousand events is a row of moments, and one can step through it.
 */
import { isSession, type TraceEvent } from '#trace/events.ts'
import type { QueueName, SessionView, World } from '#trace/world.ts'
import { replyClassOf, wordOf, type Mark } from './marks.ts'

/** A thing on the stage that something leaves or reaches. */
export type Place =
  | { readonly at: 'host'; readonly host: string }
  | { readonly at: 'door'; readonly host: string; readonly port: number }
  | { readonly at: 'tray'; readonly host: string; readonly queue: QueueName }
  | { readonly at: 'agent'; readonly host: string; readonly agent: string }
  | { readonly at: 'mailbox'; readonly host: string; readonly user: string }
  | { readonly at: 'dns' }
  /** A real program outside the lab, which came through a published port. */
  | { readonly at: 'outside'; readonly address: string }

export type MomentKind =
  'connect' | 'refused' | 'close' | 'lookup' | 'command' | 'reply' | 'tls' | 'letter' | 'verdict' | 'said'

export type Moment = {
  readonly seq: number
  readonly kind: MomentKind
  readonly from: Place | null
  readonly to: Place | null
  /** On the pill, the card, or beside the mark. */
  readonly text: string
  /** Of a reply, a result, or the seal of a letter. */
  readonly mark: Mark
  /** Of a letter: whether its return-path is null. */
  readonly sealed: 'address' | 'null'
  /** Milliseconds at 1×. */
  readonly lasts: number
  readonly session: string | null
  readonly connection: string | null
  readonly journey: string | null
}

const lasting: Readonly<Record<MomentKind, number>> = {
  connect: 320,
  refused: 600,
  close: 160,
  lookup: 600,
  command: 450,
  reply: 450,
  tls: 420,
  letter: 700,
  verdict: 600,
  said: 2400,
}

const verbsThatFetch = /^(?:RETR|TOP|FETCH|UID FETCH)$/

/** Cheap: whether a fact is a moment at all, from its type alone. */
export function isMoment(event: TraceEvent): boolean {
  switch (event.type) {
    case 'net.connected':
    case 'net.refused':
    case 'net.closed':
    case 'queue.moved':
    case 'delivery.started':
    case 'delivery.result':
    case 'mailbox.delivered':
    case 'host.command':
    case 'narration':
      return true
    case 'dns.answered':
      // An answer without a record of the kind asked moves nothing on: the next question does.
      return event.source === 'dns' && (event.answers.length > 0 || event.code !== 'NOERROR')
    default:
      return (
        isSession(event, 'command') ||
        isSession(event, 'reply') ||
        isSession(event, 'data') ||
        isSession(event, 'tls')
      )
  }
}

/** The moment that a fact is, seen from the world just before it; null when nothing moves. */
export function momentOf(event: TraceEvent, world: World): Moment | null {
  const host = event.host ?? ''
  const base = {
    seq: event.seq,
    session: null,
    connection: null,
    journey: event.journey ?? null,
    text: '',
    mark: null,
    sealed: 'address',
  } as const
  const moment = (kind: MomentKind, rest: Partial<Moment> & Pick<Moment, 'from' | 'to'>): Moment => ({
    ...base,
    kind,
    lasts: lasting[kind],
    ...rest,
  })

  if (
    isSession(event, 'command') ||
    isSession(event, 'reply') ||
    isSession(event, 'data') ||
    isSession(event, 'tls')
  ) {
    const session = world.sessions.get(event.session)
    if (session === undefined) return null
    const ends = {
      session: session.id,
      connection: session.connection,
      journey: event.journey ?? session.journey,
    }
    const client = clientOf(session, world)
    const server: Place = { at: 'door', host: session.host, port: session.port }
    if (isSession(event, 'command'))
      return moment('command', { ...ends, from: client, to: server, text: wordOf(event) })
    if (isSession(event, 'data'))
      return moment('letter', { ...ends, from: client, to: server, sealed: sealOf(event.journey, world) })
    if (isSession(event, 'tls'))
      return moment('tls', { ...ends, from: client, to: server, text: event.version })
    const last = session.exchanges.at(-1)
    const fetched = verbsThatFetch.test(last?.command?.verb ?? '') && event.reply.lines.length > 2
    return moment(fetched ? 'letter' : 'reply', {
      ...ends,
      from: server,
      to: client,
      text: event.reply.code,
      mark: replyClassOf(event.reply),
    })
  }

  switch (event.type) {
    case 'net.connected':
      return moment('connect', {
        connection: event.connection,
        from: placeOf(event.from),
        to: doorOf(event.to),
      })
    case 'net.refused':
      return moment('refused', {
        from: placeOf(event.from),
        to: doorOf(event.to),
        mark: '5xx',
        text: String(event.to.port),
      })
    case 'net.closed': {
      const connection = world.connections.get(event.connection)
      if (connection === undefined) return null
      return moment('close', {
        connection: event.connection,
        from: placeOf(connection.from),
        to: doorOf(connection.to),
      })
    }
    case 'dns.answered':
      return moment('lookup', {
        from: { at: 'host', host },
        to: { at: 'dns' },
        text: `${event.name} ${event.record}`,
        mark: event.code === 'NOERROR' ? '2xx' : event.code === 'NXDOMAIN' ? '5xx' : '4xx',
      })
    case 'queue.moved':
      return moment('letter', {
        from:
          event.from === null
            ? { at: 'agent', host, agent: 'cleanup' }
            : { at: 'tray', host, queue: event.from as QueueName },
        to: { at: 'tray', host, queue: event.to },
        sealed: sealOf(event.journey, world, host, event.queueId),
        mark: event.to === 'deferred' ? '4xx' : null,
      })
    case 'delivery.started':
      return moment('letter', {
        from: { at: 'tray', host, queue: 'active' },
        to: { at: 'agent', host, agent: event.agent },
        sealed: sealOf(event.journey, world, host, event.queueId),
      })
    case 'delivery.result':
      return moment('verdict', {
        from: { at: 'agent', host, agent: event.agent },
        to: { at: 'tray', host, queue: 'active' },
        text: event.status,
        mark: markOfOutcome[event.outcome],
      })
    case 'mailbox.delivered': {
      const session = event.session === undefined ? undefined : world.sessions.get(event.session)
      return moment('letter', {
        session: session?.id ?? null,
        from: session ? { at: 'door', host, port: session.port } : { at: 'agent', host, agent: 'local' },
        to: { at: 'mailbox', host, user: event.user },
        sealed: sealOf(event.journey, world),
      })
    }
    case 'host.command':
      return moment('said', { lasts: 600, from: { at: 'host', host }, to: null, text: event.command })
    case 'narration':
      return moment('said', { from: null, to: null })
    default:
      return null
  }
}

const markOfOutcome = {
  sent: '2xx',
  deliverable: '2xx',
  deferred: '4xx',
  bounced: '5xx',
  undeliverable: '5xx',
} as const

function sealOf(
  journey: string | undefined,
  world: World,
  host?: string,
  queueId?: string,
): 'address' | 'null' {
  const file = host === undefined ? undefined : world.queueFiles.get(`${host}/${queueId ?? ''}`)
  const sender = file?.sender ?? world.journeys.get(journey ?? '')?.sender
  return sender === '' || sender === '<>' ? 'null' : 'address'
}

/** A delivery agent of the MTA is the client of its own sessions; else the host is, or the world outside. */
function clientOf(session: SessionView, world: World): Place {
  const connection = world.connections.get(session.connection)
  if (connection === undefined) return { at: 'outside', address: session.client.address }
  const file = connection.queueFile === null ? undefined : world.queueFiles.get(connection.queueFile)
  const agent = file?.connections.findLast((made) => made.connection === connection.id)?.agent
  if (file !== undefined && agent !== undefined) return { at: 'agent', host: file.host, agent }
  return placeOf(connection.from)
}

const placeOf = (end: { host: string | null; address: string }): Place =>
  end.host === null ? { at: 'outside', address: end.address } : { at: 'host', host: end.host }

const doorOf = (end: { host: string | null; address: string; port: number }): Place =>
  end.host === null ? { at: 'outside', address: end.address } : { at: 'door', host: end.host, port: end.port }
