/** MAIL: may this sender begin a letter, and is there room for it? */
import { internalForm } from '#protocol/address/address.ts'
import type { Mail } from '#protocol/smtp/commands/mail.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Handler } from '../handler.ts'
import { mustDeclareSmtputf8 } from '../strict-smtputf8.ts'
import { openQueueFile } from './rcpt.ts'

export const mail: Handler<Mail> = async ({ reversePath, parameters }, session) => {
  const { now } = session
  const declaredSize = parameters.size ?? now.declaredSize
  const sender = internalForm(reversePath)
  const undeclared = mustDeclareSmtputf8(session, sender, parameters.smtputf8)
  if (undeclared) return { reply: undeclared }
  const { refusal, actions } = await session.ask({ stage: 'sender', sender })
  if (refusal) return { reply: refusal, change: { declaredSize } }

  const room = await session.ask({ stage: 'size', size: declaredSize, sender })
  if (room.refusal) return { reply: room.refusal, change: { declaredSize } }

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
        queueId: session.settings.all.flag('smtpd_delay_open_until_valid_rcpt')
          ? null
          : openQueueFile(session, { parameters }),
        actions,
      },
    },
  }
}
