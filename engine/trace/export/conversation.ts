/** The sessions of a trace as turns of a conversation, in the order in which they happened: what every export tells. */
import { fold, type Exchange, type SessionView, type World } from '../fold.ts'
import type { TraceEvent } from '../events.ts'
import { replyText } from '../reply-text.ts'

export type Turn = {
  readonly seq: number
  readonly at: number
  readonly session: string
  readonly direction: 'to server' | 'to client'
  readonly lines: readonly string[]
  /** `250`, `-ERR`; null for what a client sends. */
  readonly code: string | null
}

export type Conversation = {
  readonly session: string
  readonly client: string
  readonly server: string
  readonly port: number
  readonly service: string
  readonly openedAt: number
  readonly turns: readonly Turn[]
}

export function conversations(events: Iterable<TraceEvent>): readonly Conversation[] {
  const world = fold(events)
  return [...world.sessions.values()]
    .sort((a, b) => a.openedSeq - b.openedSeq)
    .map((session) => conversation(session, world))
}

function conversation(session: SessionView, world: World): Conversation {
  const connection = world.connections.get(session.connection)
  return {
    session: session.id,
    client:
      session.clientHost ?? connection?.from.host ?? `${session.client.name}[${session.client.address}]`,
    server: session.host,
    port: session.port,
    service: session.service,
    openedAt: session.openedAt,
    turns: session.exchanges.flatMap((exchange) => [...turnsOf(session, exchange)]),
  }
}

function* turnsOf(session: SessionView, exchange: Exchange): Generator<Turn> {
  const { seq, at, command, data } = exchange
  if (command !== null)
    yield { seq, at, session: session.id, direction: 'to server', lines: [command.line], code: null }
  if (data !== null)
    yield {
      seq,
      at,
      session: session.id,
      direction: 'to server',
      lines: [`(the message, ${data.size} bytes)`],
      code: null,
    }
  for (const { seq: replied, at: when, reply } of exchange.replies) {
    yield {
      seq: replied,
      at: when,
      session: session.id,
      direction: 'to client',
      lines: replyText(reply, command?.line ?? null),
      code: reply.code,
    }
  }
}

/** All turns of all conversations, oldest first. */
export const inOrder = (all: readonly Conversation[]): readonly (Turn & { readonly of: Conversation })[] =>
  all.flatMap((of) => of.turns.map((turn) => ({ ...turn, of }))).sort((a, b) => a.seq - b.seq)

/** The class of a reply, as a word for a style: null for what a client says. */
export function kindOf(code: string | null): 'said' | 'done' | 'go' | 'later' | 'no' {
  if (code === null) return 'said'
  if (code === '-ERR' || code === 'NO' || code === 'BAD' || code.startsWith('5')) return 'no'
  if (code.startsWith('4')) return 'later'
  return code.startsWith('3') || code === '+' ? 'go' : 'done'
}

/** `09:53:29.804`, UTC. */
export const clockText = (at: number): string => new Date(at).toISOString().slice(11, 23)

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** What a file of text may hold: control characters as U+FFFD. */
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '\ufffd')
