/**
 * Refuses addresses that would end here but have no mailbox here.
 *
 * postconf(5): reject_unlisted_recipient, reject_unlisted_sender, smtpd_reject_unlisted_recipient.
 */
import type { Facts } from './facts.ts'
import { dunno, refused, type Call, type Outcome, type Restriction } from './restriction.ts'
import { fixStatus } from './status.ts'

export async function unlisted(
  facts: Facts,
  as: 'sender' | 'recipient',
  { looked }: Pick<Call, 'looked'>,
): Promise<Outcome> {
  const address = as === 'sender' ? facts.sender : facts.recipient
  if (address === null || (as === 'sender' && address === '')) return dunno
  const overrides = facts.settings.list('receive_override_options')
  if (as === 'recipient' && overrides.includes('no_unknown_recipient_checks')) return dunno
  const known = await facts.known(address, as)
  looked(known.tried)
  if (known.kind === 'known') return dunno
  const replyClass = as === 'sender' ? 'Sender address' : 'Recipient address'
  const status = fixStatus(known.status, { replyClass })
  const text = refused(address, replyClass, known.text)
  const because = { setting: known.maps, value: facts.settings.text(known.maps) }
  return { kind: 'refuse', code: known.code, status, text, trouble: 'bounce', because }
}

export const reject_unlisted_recipient: Restriction = {
  name: 'reject_unlisted_recipient',
  takes: 'nothing',
  evaluate: (facts, call) => unlisted(facts, 'recipient', call),
}

export const reject_unlisted_sender: Restriction = {
  name: 'reject_unlisted_sender',
  takes: 'nothing',
  evaluate: (facts, call) => unlisted(facts, 'sender', call),
}
