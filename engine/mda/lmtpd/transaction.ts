/**
 * One message for several recipients: each gets it, and for each there is a reply of its own, in their order.
 *
 * RFC 2033 §4.2.
 * Next: engine/mda/lmtpd/deliver.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { concat, latin1 } from '#protocol/bytes/text.ts'
import { reply, type Reply } from '#protocol/smtp/reply.ts'
import type { Filter } from '../delivery.ts'
import { deliver } from './deliver.ts'
import { largestMessage } from './receive.ts'
import type { BarredRecipient, LocalRecipient } from './recipients.ts'
import type { SessionLog } from './session-log.ts'
import { traceFields } from './trace-fields.ts'

export type Transaction = {
  readonly number: number
  readonly sender: string
  readonly recipients: ((LocalRecipient | BarredRecipient) & { readonly index: number })[]
  /** Recipients asked for, refused ones too. */
  asked: number
  readonly chunks: Uint8Array[]
  size: number
}

export type Circumstances = {
  readonly settings: DovecotSettings
  readonly filter: Filter | undefined
  /** Of the session in the trace. */
  readonly session: string
  /** Of the transaction in the log. */
  readonly id: string
  readonly helo: string
  readonly client: string
  readonly hostname: string
  readonly tls: string | null
  readonly now: number
  readonly logOf: SessionLog['of']
  /** Says of somebody whom the server cannot serve that it failed. */
  readonly notInitialized: (recipient: BarredRecipient) => Reply
}

/** `size`: as it was sent. A recipient who was named twice gets one copy, and two replies. */
export async function deliverToEach(
  { recipients, sender }: Transaction,
  content: Uint8Array,
  size: number,
  circumstances: Circumstances,
): Promise<readonly Reply[]> {
  const { settings, filter, session, id, helo, client, hostname, tls, now } = circumstances
  const replies = new Map<string, Reply>()
  const [only] = recipients
  const above = (recipient: LocalRecipient | BarredRecipient | null) =>
    latin1(traceFields({ settings, sender, recipient, helo, client, hostname, id, tls, now }))
  for (const recipient of recipients) {
    const mailbox = sameMailbox(recipient)
    if (replies.has(mailbox)) continue
    if (size > largestMessage) {
      const text = `<${recipient.address}> Message size exceeds administrative limit`
      replies.set(mailbox, reply(552, '5.2.3', text))
    } else if ('barred' in recipient) {
      replies.set(mailbox, circumstances.notInitialized(recipient))
    } else {
      const answer = await deliver({
        ...{ session, sender, recipient, filter, settings: recipient.settings },
        id: recipient.index === 1 ? id : `${id}:R${recipient.index}`,
        content: concat([above(recipients.length === 1 && only ? only : null), content]),
        log: circumstances.logOf(recipient.user),
      })
      replies.set(mailbox, answer)
    }
  }
  return recipients.flatMap((recipient) => replies.get(sameMailbox(recipient)) ?? [])
}

/** Who is named twice gets one copy; the domain's case makes no difference. */
const sameMailbox = ({ address }: Pick<LocalRecipient, 'address'>): string =>
  address.replace(/@[^@]*$/, (domain) => domain.toLowerCase())
