/**
 * BDAT: a chunk of so many bytes. Its bytes follow at once, so even a chunk that nobody wants must be read; after one
 * refusal the others are thrown away, up to the last.
 *
 * RFC 3030 §2.
 */
import type { Bdat } from '#protocol/smtp/commands/bdat.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import { noTransaction } from '../conversation.ts'
import type { Conversation } from '../conversation.ts'
import type { Outcome, SmtpdSession } from '../handler.ts'
import { acceptMessage, beginMessage, withActions } from './message.ts'

const tooBig = (answer: Reply, { settings }: SmtpdSession): Reply =>
  because(answer, 'message_size_limit', settings.messageSizeLimit)

/** Before the bytes of a chunk are read: are they wanted? */
export async function beforeChunk(
  command: Bdat,
  session: SmtpdSession,
): Promise<{ kind: 'wanted'; change: Partial<Conversation> } | { kind: 'refused'; reply: Reply }> {
  const no = (answer: Reply) => ({ kind: 'refused', reply: answer }) as const
  const { transaction, message } = session.now
  if (command.size === 0 && command.last === 'no') return no(reply(551, '5.7.1', 'Null BDAT request'))
  if (session.state === 'discarding') {
    return no(reply(551, '5.0.0', `Discarded ${command.size} bytes after earlier error`))
  }
  if (message === null) {
    if (transaction === null) return no(reply(503, '5.5.1', 'Error: need RCPT command'))
    if (transaction.recipients.length === 0) return no(reply(554, '5.5.1', 'Error: no valid recipients'))
  }
  const limit = session.settings.messageSizeLimit
  if (limit > 0 && command.size > limit - (message?.size ?? 0)) {
    return no(tooBig(reply(552, '5.3.4', 'Chunk exceeds message size limit', 'RFC 1870 §6.3'), session))
  }
  if (message !== null) return { kind: 'wanted', change: {} }

  const { refusal, actions } = await session.ask({ stage: 'data' })
  if (refusal) return no(refusal)
  return {
    kind: 'wanted',
    change: { message: await beginMessage(session), ...withActions(session, actions) },
  }
}

/** After its bytes were read and thrown away. */
export const afterRefusedChunk = (command: Bdat, answer: Reply): Outcome => ({
  reply: answer,
  steps: [command.last === 'yes' ? { type: 'RSET' } : { type: 'chunk-refused' }],
  ...(command.last === 'yes' ? { change: noTransaction } : {}),
})

export async function afterChunk(command: Bdat, session: SmtpdSession): Promise<Outcome> {
  const { message } = session.now
  if (message === null) throw new Error('a chunk ended that never began')
  if (command.last === 'yes') {
    const { refusal, actions } = await session.ask({ stage: 'end-of-data', size: message.size })
    // What came in chunks is not forgotten then, as it is after DATA: only RSET or a greeting ends the transaction.
    if (refusal) return { reply: refusal, steps: [{ type: 'chunk' }] }
    return acceptMessage(session, actions, `${message.size} bytes `)
  }
  if (message.problem === 'too big') {
    return {
      reply: tooBig(reply(552, '5.3.4', 'Error: message file too big', 'RFC 1870 §6.3'), session),
      steps: [{ type: 'chunk-refused' }],
    }
  }
  return { reply: reply(250, '2.0.0', `Ok: ${command.size} bytes`), steps: [{ type: 'chunk' }] }
}
