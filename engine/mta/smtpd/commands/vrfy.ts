/** VRFY: the same question as RCPT, and the answer gives nothing away: 252, not 250. RFC 5321 §3.5.3, §7.3. */
import { internalForm } from '#protocol/address/address.ts'
import type { Vrfy } from '#protocol/smtp/commands/vrfy.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Handler } from '../handler.ts'

export const vrfy: Handler<Vrfy> = async ({ forwardPath, words }, session) => {
  const tooMany = session.limit('recipient')
  if (tooMany) return { reply: tooMany }
  const { refusal } = await session.ask({ stage: 'vrfy', recipient: internalForm(forwardPath) })
  if (refusal) return { reply: refusal }
  return { reply: reply(252, '2.0.0', words, 'RFC 5321 §3.5.3'), steps: [{ type: 'VRFY' }] }
}
