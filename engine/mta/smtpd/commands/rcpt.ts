/**
 * RCPT: do we take this letter for this recipient? The lists of smtpd_relay_restrictions and
 * smtpd_recipient_restrictions decide; the first yes gives the letter its queue id.
 *
 * Next: engine/mta/smtpd/restrictions/evaluate.ts
 */
import { internalForm } from '#protocol/address/address.ts'
import type { Rcpt } from '#protocol/smtp/commands/rcpt.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import { namaddr } from '../client.ts'
import type { Transaction } from '../conversation.ts'
import type { Handler, SmtpdSession } from '../handler.ts'
import { mustDeclareSmtputf8 } from '../strict-smtputf8.ts'

export const rcpt: Handler<Rcpt> = async ({ forwardPath, parameters, typed }, session) => {
  const { transaction } = session.now
  if (transaction === null) throw new Error('RCPT was let through without MAIL')
  const { limit, overshoot } = session.settings.recipients
  if (overshoot > 0 && transaction.recipients.length >= limit) {
    const counted = transaction.overshoot >= overshoot
    return {
      reply: because(
        reply(452, '4.5.3', 'Error: too many recipients', 'RFC 5321 §4.5.3.1.10'),
        'smtpd_recipient_limit',
        limit,
      ),
      change: { transaction: { ...transaction, overshoot: transaction.overshoot + 1 } },
      ...(counted ? { trouble: 'policy' } : { error: 'not counted', trouble: 'none' }),
    }
  }

  const address = internalForm(forwardPath)
  const undeclared = mustDeclareSmtputf8(session, address, transaction.parameters.smtputf8)
  if (undeclared) return { reply: undeclared }
  const { refusal, actions } = await session.ask({ stage: 'recipient', recipient: address })
  // A HOLD or PREPEND that a refused recipient met counts for the letter all the same.
  const noted =
    actions.length === 0 ? transaction : { ...transaction, actions: [...transaction.actions, ...actions] }
  if (refusal) return { reply: refusal, change: { transaction: noted } }

  const { notify, orcpt } = parameters
  const recipient = { address, original: address, notify, orcpt: orcpt ?? `rfc822;${typed}` }
  return {
    reply: reply(250, '2.1.5', 'Ok'),
    steps: [{ type: 'RCPT' }],
    change: {
      transaction: {
        ...noted,
        recipients: [...transaction.recipients, recipient],
        queueId: transaction.queueId ?? openQueueFile(session, transaction),
      },
    },
  }
}

/** A letter that has a recipient has a queue id: from here on the log names it. */
export function openQueueFile(
  session: SmtpdSession,
  { parameters }: Pick<Transaction, 'parameters'>,
): string {
  const queueId = session.cleanup.newQueueId()
  const { client, sasl } = session.now
  const login =
    sasl === null ? '' : `, sasl_method=${sasl.method}, sasl_username=${sasl.username.slice(0, 100)}`
  const sender =
    parameters.auth === null || parameters.auth === '<>' ? '' : `, sasl_sender=${parameters.auth}`
  session.machine.emit({
    type: 'daemon.logged',
    daemon: 'smtpd',
    level: 'info',
    text: `client=${namaddr(client)}${login}${sender}`,
    queueId,
  })
  return queueId
}
