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
  readonly outcome: 'deliverable' | 'undeliverable' | 'deferred' | 'in-progress'
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

export interface Verify {
  /** Remembers the answer for a while. */
  ask(address: string): Promise<Verified>
  /** Asks anew; what the agents said, as results of a message that never was. */
  probe(
    address: string,
  ): Promise<{ readonly queueFile: QueueFile; readonly results: readonly DeliveryResult[] }>
}

const inProgress: Verified = { outcome: 'in-progress', text: 'Address verification in progress' }

export function createVerify(input: VerifyInput): Verify {
  const known = new Map<
    string,
    { readonly answer: Promise<Verified>; readonly until: number; readonly state: 'asked' | 'answered' }
  >()
  /** Whoever looks only once does not wait for the answer. */
  const patient = () => input.settings().number('address_verify_poll_count') > 1
  return {
    probe: (address) => probe(address, input),
    async ask(address) {
      const { machine, settings } = input
      const key = address.toLowerCase()
      const cached = known.get(key)
      if (cached && cached.until > machine.clock.now()) {
        return cached.state === 'answered' || patient() ? cached.answer : inProgress
      }
      const answer = probe(address, input).then(({ results }) => verdict(results))
      if (known.size > 10_000) known.clear()
      known.set(key, { answer, until: Infinity, state: 'asked' })
      const settled = answer.then(({ outcome }) => {
        if (outcome !== 'deliverable' && !settings().flag('address_verify_negative_cache')) {
          known.delete(key)
          return inProgress
        }
        const kind = outcome === 'deliverable' ? 'positive' : 'negative'
        const until = machine.clock.now() + settings().time(`address_verify_${kind}_refresh_time`)
        known.set(key, { answer, until, state: 'answered' })
        return answer
      })
      if (patient()) return settled
      settled.catch(() => known.delete(key))
      return inProgress
    },
  }
}

async function probe(address: string, input: VerifyInput): ReturnType<Verify['probe']> {
  const { machine, settings } = input
  const addressing = input.addressing()
  const sender = addressing.rewrite(settings().text('address_verify_sender'), 'local')
  const [expanded = address] = await addressing.virtual(addressing.rewrite(address, 'local'))
  const recipient: Recipient = { address: expanded, original: address, notify: ['never'], orcpt: null }
  const queueFile = probeFile(input.newQueueId(), sender, recipient, machine.clock.now())
  const resolved = await addressing.resolve(expanded, sender)
  if (resolved.kind === 'unavailable') {
    return { queueFile, results: [unanswered(recipient, 'address resolver failure')] }
  }
  const transport = input.transport(resolved.transport)
  if (transport === null) return { queueFile, results: [unanswered(recipient, 'mail transport unavailable')] }
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
    const probed = results.filter(({ silent }) => !silent).map(asProbe)
    for (const result of probed) state(machine, queueFile, transport.name, result)
    return { queueFile, results: probed }
  } finally {
    release()
  }
}

const unanswered = (recipient: Recipient, text: string): DeliveryResult => ({
  recipient,
  outcome: 'deferred',
  status: '4.3.0',
  relay: 'none',
  text,
  diagnostic: null,
  remoteMta: null,
})

function asProbe(result: DeliveryResult): DeliveryResult {
  switch (result.outcome) {
    case 'bounced':
    case 'undeliverable':
    case 'deferred':
      return { ...result, outcome: 'undeliverable' }
    case 'sent':
    case 'delivered':
    case 'relayed':
    case 'expanded':
    case 'deliverable':
      return { ...result, outcome: 'deliverable', text: result.text.replace(/^delivered /, 'delivers ') }
    default:
      return result.outcome satisfies never
  }
}

function verdict(results: readonly DeliveryResult[]): Verified {
  const result = results.find(({ outcome }) => outcome === 'deliverable') ?? results[0]
  if (!result) return { outcome: 'deferred', text: 'no answer' }
  const { outcome, status, text } = result
  if (outcome === 'deliverable') return { outcome, text }
  return { outcome: status.startsWith('4') ? 'deferred' : 'undeliverable', text }
}

function state(machine: Machine, { queueId }: QueueFile, agent: string, result: DeliveryResult): void {
  const { recipient, outcome, status, relay, text } = result
  machine.emit({
    type: 'delivery.result',
    queueId,
    agent: result.agent ?? agent,
    recipient: quoteAddress(recipient.address),
    original: quoteAddress(recipient.original),
    outcome: outcome === 'deliverable' ? outcome : 'undeliverable',
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
  reasons: [],
})
