/** MAIL: may this sender begin a letter, and is there room for it? */
import { internalForm } from '#protocol/address/address.ts'
import type { Mail } from '#protocol/smtp/commands/mail.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Handler } from '../handler.ts'

export const mail: Handler<Mail> = async ({ reversePath, parameters }, session) => {
  const { now, settings } = session
  const tooMany = session.limit('message')
  if (tooMany) return { reply: tooMany }

  const declaredSize = parameters.size ?? now.declaredSize
  const sender = internalForm(reversePath)
  const { refusal, actions } = await session.ask({ stage: 'sender', sender })
  if (refusal) return { reply: refusal, change: { declaredSize } }

  const { messageSizeLimit } = settings
  if (messageSizeLimit > 0 && declaredSize > messageSizeLimit) {
    const tooBig = reply(552, '5.3.4', 'Message size exceeds fixed limit', 'RFC 1870 §6.1')
    session.log(
      'info',
      `NOQUEUE: reject: MAIL from ${now.client.name}[${now.client.address}]: 552 5.3.4 ${tooBig.lines.join(' ')}; ` +
        `from=<${sender}> proto=${now.protocol}${now.helo === null ? '' : ` helo=<${now.helo}>`}`,
    )
    return { reply: tooBig, change: { declaredSize } }
  }

  return {
    reply: reply(250, '2.1.0', 'Ok'),
    steps: [{ type: 'MAIL' }],
    change: {
      declaredSize,
      message: null,
      transaction: {
        sender,
        parameters,
        startedAt: session.machine.clock.now(),
        recipients: [],
        overshoot: 0,
        queueId: null,
        actions,
      },
    },
  }
}
