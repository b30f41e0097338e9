/**
 * Finds out whether an address could be delivered to, without delivering anything: asks the delivery agent that
 * would have to. Answers are remembered for a while.
 *
 * verify(8), ADDRESS_VERIFICATION_README.
 */
import type { Machine } from '#engine/machine.ts'
import type { Settings } from '#config/settings.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Addressing } from '../addressing.ts'
import type { Agent, DeliveryResult, QueueFile, Recipient } from '../handover.ts'

export type Verified = {
  readonly outcome: 'deliverable' | 'undeliverable' | 'deferred'
  readonly text: string
}

export type VerifyInput = {
  readonly machine: Machine
  readonly settings: () => Settings
  readonly addressing: () => Addressing
  readonly newQueueId: () => string
  /** Agents that write no mailbox and run no command. Null when master.cf has no such service. */
  readonly transport: (name: string) => { readonly agent: Agent; readonly name: string } | null
}

export function createVerify(input: VerifyInput): (address: string) => Promise<Verified> {
  const known = new Map<string, { readonly answer: Promise<Verified>; readonly until: number }>()
  return async (address) => {
    const { machine, settings } = input
    const key = address.toLowerCase()
    const cached = known.get(key)
    if (cached && cached.until > machine.clock.now()) return cached.answer
    const answer = probe(address, input)
    known.set(key, { answer, until: Infinity })
    if (known.size > 10_000) known.clear()
    const { outcome } = await answer
    const lifetime =
      outcome === 'deliverable'
        ? 'address_verify_positive_refresh_time'
        : 'address_verify_negative_refresh_time'
    known.set(key, { answer, until: machine.clock.now() + settings().time(lifetime) })
    return answer
  }
}

async function probe(address: string, input: VerifyInput): Promise<Verified> {
  const { machine, settings } = input
  const addressing = input.addressing()
  const sender = addressing.rewrite(settings().text('address_verify_sender'), 'local')
  const [expanded = address] = await addressing.virtual(addressing.rewrite(address, 'local'))
  const recipient: Recipient = { address: expanded, original: address, notify: ['never'], orcpt: null }
  const queueFile = probeFile(input.newQueueId(), sender, recipient, machine.clock.now())
  const resolved = await addressing.resolve(expanded, sender)
  if (resolved.kind === 'unavailable') return { outcome: 'deferred', text: 'address resolver failure' }

  const transport = input.transport(resolved.transport)
  if (transport === null) return { outcome: 'deferred', text: 'mail transport unavailable' }
  const release = machine.clock.hold()
  try {
    const results = await transport.agent.deliver({
      queueFile,
      transport: resolved.transport,
      nexthop: resolved.nexthop,
      recipients: [{ ...recipient, address: resolved.recipient }],
      content: async () => new Uint8Array(),
      probe: true,
    })
    const verdicts = results.filter(({ silent }) => !silent).map(verdictOf)
    for (const [i, verdict] of verdicts.entries())
      state(machine, queueFile, transport.name, results[i], verdict)
    return (
      verdicts.find(({ outcome }) => outcome === 'deliverable') ??
      verdicts[0] ?? { outcome: 'deferred', text: 'no answer' }
    )
  } finally {
    release()
  }
}

function verdictOf({ outcome, text }: DeliveryResult): Verified {
  switch (outcome) {
    case 'bounced':
    case 'undeliverable':
      return { outcome: 'undeliverable', text }
    case 'deferred':
      return { outcome: 'deferred', text }
    case 'sent':
    case 'delivered':
    case 'relayed':
    case 'expanded':
    case 'deliverable':
      return { outcome: 'deliverable', text: text.replace(/^delivered /, 'delivers ') }
    default:
      return outcome satisfies never
  }
}

function state(
  machine: Machine,
  { queueId }: QueueFile,
  agent: string,
  result: DeliveryResult | undefined,
  { outcome, text }: Verified,
): void {
  if (!result) return
  const { recipient, status, relay } = result
  machine.emit({
    type: 'delivery.result',
    queueId,
    agent: result.agent ?? agent,
    recipient: quoteAddress(recipient.address),
    original: quoteAddress(recipient.original),
    outcome: outcome === 'deferred' ? 'undeliverable' : outcome,
    status,
    relay,
    text,
    delays: [0, 0, 0, 0],
  })
}

const probeFile = (queueId: string, sender: string, recipient: Recipient, now: number): QueueFile => ({
  queueId,
  origin: { kind: 'bounce', of: queueId },
  sender,
  recipients: [recipient],
  envelope: { envid: null, ret: null, body: null, smtputf8: false, verp: null },
  filter: null,
  arrivedAt: now,
  size: 0,
  messageId: '',
  warned: false,
  nextAttemptAt: null,
  reasons: {},
})
