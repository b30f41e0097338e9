/**
 * The end of the data: the last restrictions, the Received header, and the handover to cleanup. The reply tells
 * whether the letter is ours now.
 *
 * RFC 5321 §4.2.5, §6.1.
 * Next: engine/mta/cleanup/cleanup.ts
 */
import type { CleanupResult, MessageAction, Submission } from '#mta/handover.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Trouble } from '#protocol/smtp/transcript.ts'
import { bareNewlines, refuseBareNewline } from '../bare-newline.ts'
import { noTransaction } from '../conversation.ts'
import type { Conversation, Transaction } from '../conversation.ts'
import type { Outcome, SmtpdSession } from '../handler.ts'
import type { SmtpdSettings } from '../settings.ts'
import { MessageReader } from '../message.ts'
import { receivedHeader } from '../received.ts'

export async function beginMessage(session: SmtpdSession): Promise<MessageReader> {
  return new MessageReader({
    size: session.settings.messageSizeLimit,
    bareNewlines: await bareNewlines(session),
    line: session.settings.lineLimit,
  })
}

export function withActions(session: SmtpdSession, actions: readonly MessageAction[]): Partial<Conversation> {
  const { transaction } = session.now
  if (transaction === null || actions.length === 0) return {}
  return { transaction: { ...transaction, actions: [...transaction.actions, ...actions] } }
}

/** The last restrictions, then the message. */
export async function endOfData(session: SmtpdSession): Promise<Outcome> {
  const { refusal, actions } = await session.ask({
    stage: 'end-of-data',
    size: session.now.message?.size ?? 0,
  })
  if (refusal) return { reply: refusal, steps: [{ type: 'end-of-data' }], change: noTransaction }
  return acceptMessage(session, actions, '')
}

/** `accepted`: what 250 says besides the queue id, which differs between DATA and BDAT. */
export async function acceptMessage(
  session: SmtpdSession,
  actions: readonly MessageAction[],
  accepted: string,
): Promise<Outcome> {
  const { transaction, message } = session.now
  if (transaction?.queueId == null || message === null) throw new Error('a message ended that never began')
  const done = (answer: Reply, trouble?: Trouble): Outcome => ({
    reply: answer,
    ...(trouble === undefined ? {} : { trouble }),
    steps: [{ type: 'end-of-data' }],
    change: noTransaction,
  })

  if (message.problem !== null)
    return done(problemReply(session, transaction, message.problem), problemTroubles[message.problem])

  const all = [...transaction.actions, ...actions]
  const result = await session.cleanup.submit(submission(session, transaction, message.content, all))
  return done(resultReply(result, accepted), result.kind === 'refused' ? result.trouble : undefined)
}

function submission(
  session: SmtpdSession,
  transaction: Transaction,
  content: Uint8Array,
  actions: readonly MessageAction[],
): Submission {
  const { client, sasl } = session.now
  const { parameters, recipients, sender, queueId } = transaction
  const prepended = actions.flatMap((action) => (action.kind === 'prepend' ? [`${action.header}\n`] : []))
  const received = receivedHeader(session.now, transaction, session.settings, session.machine.clock.now())
  return {
    queueId: queueId ?? '',
    origin: {
      kind: 'smtpd',
      session: session.id,
      service: session.service,
      ...originalClient(session.now),
      trusted: { socket: client.socket, address: client.address, source: sourceOf(session.now) },
      sasl: sasl === null ? null : { ...sasl, sender: parameters.auth ?? '' },
    },
    sender,
    recipients,
    envelope: {
      envid: parameters.envid,
      ret: parameters.ret,
      body: parameters.body,
      smtputf8: parameters.smtputf8 === 'yes',
      verp: parameters.verp,
    },
    trace: prepended.join('') + received,
    content,
    actions: actions.filter((action) => action.kind !== 'prepend'),
    arrivedAt: transaction.startedAt,
    options: session.settings.overrides,
  }
}

function sourceOf({ xforward }: Conversation): 'local' | 'remote' | null {
  const source = xforward.get('SOURCE')?.toUpperCase()
  return source === 'LOCAL' ? 'local' : source === 'REMOTE' ? 'remote' : null
}

/** Whom the log names as the client: after XFORWARD the one far away, of whom little may be known. XFORWARD_README. */
function originalClient({ client, helo, protocol, xforward }: Conversation) {
  const forwarded = ['NAME', 'ADDR', 'PROTO', 'HELO', 'PORT'].some((attribute) => xforward.has(attribute))
  if (!forwarded) return { client, helo: helo ?? '', protocol }
  return {
    client: {
      name: xforward.get('NAME') ?? 'unknown',
      address: xforward.get('ADDR') ?? 'unknown',
      port: Number(xforward.get('PORT') ?? 0),
    },
    helo: xforward.get('HELO') ?? '',
    protocol: xforward.get('PROTO') ?? 'unknown',
  }
}

function resultReply(result: CleanupResult, accepted: string): Reply {
  switch (result.kind) {
    case 'queued':
    case 'discarded':
      return reply(250, '2.0.0', `Ok: ${accepted}queued as ${result.queueId}`, 'RFC 5321 §4.2.5')
    case 'refused':
      return result.reply
    default:
      return result satisfies never
  }
}

const problemTroubles = { 'too big': 'bounce', 'no room': 'resource', 'bare newline': 'policy' } as const

function problemReply(
  session: SmtpdSession,
  transaction: Transaction,
  problem: NonNullable<MessageReader['problem']>,
): Reply {
  switch (problem) {
    case 'too big':
      return tooBig(session.settings)
    case 'no room':
      return reply(452, '4.3.1', 'Error: queue file write error')
    case 'bare newline':
      return refuseBareNewline(session, 'END-OF-MESSAGE')
    default:
      return problem satisfies never
  }
}

export const tooBig = ({ messageSizeLimit }: Pick<SmtpdSettings, 'messageSizeLimit'>): Reply =>
  because(
    reply(552, '5.3.4', 'Error: message file too big', 'RFC 1870 §6.3'),
    'message_size_limit',
    messageSizeLimit,
  )
