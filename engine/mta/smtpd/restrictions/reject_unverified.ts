/**
 * Refuses addresses to which a probe could not be delivered: we ask the server that would have to take the mail.
 *
 * ADDRESS_VERIFICATION_README; verify(8).
 */
import type { Facts } from './facts.ts'
import {
  dunno,
  lookupFailure,
  refuse,
  refused,
  temporarily,
  type Outcome,
  type Restriction,
} from './restriction.ts'

type Side = 'sender' | 'recipient'

/** Most of the time the answer is known; a new address is waited for, a little. */
async function probe(address: string, { verify, settings, machine }: Facts) {
  const polls = settings.number('address_verify_poll_count')
  for (let poll = 1; ; poll++) {
    const answer = await verify(address)
    if (answer.outcome !== 'in-progress' || poll >= polls) return answer
    await machine.clock.sleep(settings.time('address_verify_poll_delay'))
  }
}

async function unverified(address: string | null, side: Side, facts: Facts): Promise<Outcome> {
  if (address === null || address === '') return dunno
  const { settings } = facts
  const answer = await probe(address, facts)
  if (answer.outcome === 'deliverable') return dunno
  if (answer.outcome === 'unavailable') return lookupFailure(address)
  const replyClass = side === 'sender' ? 'Sender address' : 'Recipient address'
  const status = side === 'sender' ? '4.1.7' : '4.1.1'
  const own = settings.text(`unverified_${side}_reject_reason`)
  const kind = answer.outcome === 'undeliverable' ? 'reject' : 'defer'
  const code = settings.number(`unverified_${side}_${kind}_code`)
  // 250 takes the address all the same.
  if (Math.floor(code / 100) === 2) return dunno
  const found = Math.floor(code / 100) === 5 ? 'undeliverable' : 'unverified'
  const text = refused(address, replyClass, `${found} address: ${(own || answer.text).slice(0, 250)}`)
  // A code that says "later" is a promise like any other, whoever chose it.
  if (Math.floor(code / 100) !== 4) return refuse(code, status, text)
  return temporarily(settings.text(`unverified_${side}_tempfail_action`), { code, status, text })
}

export const reject_unverified_recipient: Restriction = {
  name: 'reject_unverified_recipient',
  takes: 'nothing',
  evaluate: (facts) => unverified(facts.recipient, 'recipient', facts),
}

export const reject_unverified_sender: Restriction = {
  name: 'reject_unverified_sender',
  takes: 'nothing',
  evaluate: (facts) => unverified(facts.sender, 'sender', facts),
}
