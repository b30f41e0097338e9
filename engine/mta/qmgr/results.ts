/** What became of a recipient, as the queue manager counts it and the trace tells it. */
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { FactOf } from '#trace/events.ts'
import type { Progress } from '../message-queue.ts'
import type { DeliveryRequest, DeliveryResult, QueueFile, Recipient } from '../handover.ts'

const factOutcomes = {
  sent: 'sent',
  delivered: 'sent',
  relayed: 'sent',
  expanded: 'sent',
  deferred: 'deferred',
  bounced: 'bounced',
  undeliverable: 'undeliverable',
  deliverable: 'deliverable',
} as const

/** soft_bounce: what would be bounced waits instead. */
export function softened(result: DeliveryResult): DeliveryResult {
  if (result.outcome !== 'bounced') return result
  return { ...result, outcome: 'deferred', status: `4${result.status.slice(1)}` }
}

export const deferral = (recipient: Recipient, status: string, text: string): DeliveryResult => ({
  recipient,
  outcome: 'deferred',
  status,
  relay: 'none',
  text,
  diagnostic: null,
  remoteMta: null,
})

export const sentNowhere = (recipient: Recipient): DeliveryResult => ({
  ...deferral(recipient, '2.0.0', 'undeliverable postmaster notification discarded'),
  outcome: 'sent',
})

/** `delays=` in the log: before the queue manager, in it, until there was a connection, and over it. */
export function resultFact(
  result: DeliveryResult,
  { queueId, arrivedAt }: QueueFile,
  times: { readonly active: number; readonly begun: number; readonly now: number },
  agent: string,
): FactOf<'delivery.result'> {
  const { recipient, outcome, status, relay, text, connectedAt } = result
  const { active, begun, now } = times
  const seconds = (from: number, to: number) => Math.max(0, to - from) / 1000
  return {
    type: 'delivery.result',
    queueId,
    agent,
    recipient: quoteAddress(recipient.address),
    original: quoteAddress(recipient.original),
    outcome: factOutcomes[outcome],
    status,
    relay,
    text,
    delays: [
      seconds(arrivedAt, active),
      seconds(active, begun),
      connectedAt === undefined ? 0 : seconds(begun, connectedAt),
      seconds(connectedAt ?? begun, now),
    ],
  }
}

/** In the order in which the recipients were sent out, whichever delivery ended first. */
export function inOrder(
  results: readonly DeliveryResult[],
  sources: ReadonlyMap<Recipient, Recipient>,
): DeliveryResult[] {
  if (results.length < 2) return [...results]
  const order = new Map([...sources.keys()].map((recipient, i) => [recipient, i]))
  const placeOf = ({ root, recipient }: DeliveryResult) => order.get(root ?? recipient) ?? Infinity
  return results
    .map((result, i) => ({ result, place: placeOf(result), i }))
    .sort((a, b) => a.place - b.place || a.i - b.i)
    .map(({ result }) => result)
}

/** What an agent that died has said of a recipient: nothing. */
export const unsaid = (recipient: Recipient): DeliveryResult => ({
  ...deferral(recipient, '4.3.0', ''),
  silent: true,
})

/** What the queue file is to say of a message that will be tried again. */
export function progressOf(
  message: { readonly done: readonly Recipient[] },
  deferred: readonly DeliveryResult[],
  nextAttemptAt: number,
  warned: 'warned' | 'not warned',
): Progress {
  const { done } = message
  const reasons = deferred.flatMap(({ recipient, text, silent }) =>
    silent ? [] : [[recipient.address, text] as const],
  )
  return {
    nextAttemptAt,
    reasons,
    ...(done.length === 0 ? {} : { done: done.map(({ address, original }) => [address, original] as const) }),
    ...(warned === 'warned' ? { warned: true as const } : {}),
  }
}

/** Stands for a transport that master.cf does not know. */
export const unavailable = {
  name: 'error',
  processes: 1,
  agent: {
    deliver: async ({ recipients }: DeliveryRequest) =>
      recipients.map((recipient) => deferral(recipient, '4.3.0', 'mail transport unavailable')),
  },
}
