/** DATA: the envelope is complete; 354 asks for the message. */
import type { Bare } from '#protocol/smtp/commands/bare.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Handler } from '../handler.ts'
import { beginMessage, withActions } from './message.ts'

export const data: Handler<Bare<'DATA'>> = async (_command, session) => {
  const { refusal, actions } = await session.ask({ stage: 'data' })
  if (refusal) return { reply: refusal }
  return {
    reply: reply(354, null, 'End data with <CR><LF>.<CR><LF>', 'RFC 5321 §4.1.1.4'),
    steps: [{ type: 'DATA' }],
    change: { message: await beginMessage(session), ...withActions(session, actions) },
  }
}
