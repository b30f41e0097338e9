/** XCLIENT and XFORWARD: what a trusted neighbour says of the real client. XCLIENT_README, XFORWARD_README. */
import type { Attributes } from '#protocol/smtp/commands/attributes.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Word } from '#protocol/smtp/words.ts'
import { forgetClient } from '../conversation.ts'
import type { Conversation } from '../conversation.ts'
import type { Handler, Outcome, SmtpdSession } from '../handler.ts'

const insufficient = reply(550, '5.7.0', 'Error: insufficient authorization')
const inTransaction = reply(503, '5.5.1', 'Error: MAIL transaction in progress')

/** A bare verb is told its syntax, whoever sends it. */
export const mayXclient = (session: SmtpdSession, words: readonly Word[]): Outcome | null =>
  mayClaim(session, 'xclient', words)

export const mayXforward = (session: SmtpdSession, words: readonly Word[]): Outcome | null =>
  mayClaim(session, 'xforward', words)

function mayClaim(
  { now, trusted, settings }: SmtpdSession,
  what: 'xclient' | 'xforward',
  words: readonly Word[],
): Outcome | null {
  if (now.transaction !== null) return { reply: inTransaction }
  if (trusted[what] || words.length === 0) return null
  const hosts = settings.clients[what].join(' ')
  return { reply: because(insufficient, `smtpd_authorized_${what}_hosts`, hosts) }
}

export const xclient: Handler<Attributes<'XCLIENT'>> = ({ attributes }, session) => ({
  // The session begins anew for another client: it is greeted again.
  reply: reply(220, null, session.settings.banner),
  steps: [{ type: 'XCLIENT' }, ...(attributes.get('HELO') ? [{ type: 'HELO' } as const] : [])],
  change: { ...forgetClient, ...claimed(attributes, session.now) },
})

function claimed(
  attributes: ReadonlyMap<string, string | null>,
  { client }: Conversation,
): Partial<Conversation> {
  const of = <T>(name: string, before: T): string | T =>
    attributes.has(name) ? (attributes.get(name) ?? 'unknown') : before
  const name = of('NAME', client.name)
  const reverseName = of('REVERSE_NAME', name)
  const statusOf = (known: string) => (known === 'unknown' ? 'permanent' : 'ok')
  const login = attributes.get('LOGIN') ?? null
  return {
    client: {
      ...client,
      name,
      address: of('ADDR', client.address).replace(/^IPV6:/i, ''),
      port: Number(attributes.get('PORT') ?? client.port),
      reverseName,
      nameStatus: statusOf(name),
      reverseStatus: statusOf(reverseName),
    },
    helo: attributes.get('HELO') ?? null,
    protocol: attributes.get('PROTO')?.toUpperCase() === 'ESMTP' ? 'ESMTP' : 'SMTP',
    sasl: login === null ? null : { method: 'XCLIENT', username: login },
  }
}

export const xforward: Handler<Attributes<'XFORWARD'>> = ({ attributes }, session) => ({
  reply: reply(250, '2.0.0', 'Ok'),
  steps: [{ type: 'XFORWARD' }],
  change: { xforward: new Map([...session.now.xforward, ...attributes]) },
})
