/**
 * Which agent gets which recipients of a message, and where they are to be taken: recipients that go the same way
 * travel together.
 *
 * qmgr(8); transport(5); trivial-rewrite(8).
 */
import type { Emit } from '#engine/machine.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Addressing } from '../addressing.ts'
import type { QueueFile, Recipient } from '../handover.ts'
import type { QmgrSettings } from './settings.ts'

export type Shipment = {
  readonly transport: string
  readonly nexthop: string
  readonly recipients: readonly Recipient[]
}

export type Routed = {
  readonly shipments: readonly Shipment[]
  /** In the order of delivery: the recipient of the queue file that each one shipped stands for; a table may have changed its address. */
  readonly sources: ReadonlyMap<Recipient, Recipient>
  /** Notices about bounces that came back: they end here. */
  readonly discarded: readonly Recipient[]
}

export async function route(
  queueFile: QueueFile,
  addressing: Addressing,
  settings: QmgrSettings,
  emit: Emit,
): Promise<Routed> {
  const ways = new Map<string, { transport: string; nexthop: string; recipients: Recipient[] }>()
  const discarded: Recipient[] = []
  const stored = new Map<Recipient, Recipient>()
  for (const recipient of queueFile.recipients) {
    if (localPart(recipient.address).toLowerCase() === settings.doubleBounceSender.toLowerCase()) {
      discarded.push(recipient)
      continue
    }
    const way = await wayOf(recipient, queueFile, addressing, settings, emit)
    const key = `${way.transport}\n${way.nexthop.toLowerCase()}`
    const known = ways.get(key)
    const kept = way.recipient === recipient.address ? recipient : { ...recipient, address: way.recipient }
    stored.set(kept, recipient)
    if (known) known.recipients.push(kept)
    else ways.set(key, { transport: way.transport, nexthop: way.nexthop, recipients: [kept] })
  }
  const sorted = [...ways.values()].sort(
    (a, b) => compare(a.transport, b.transport) || compare(a.nexthop, b.nexthop),
  )
  for (const { recipients } of sorted) recipients.sort(byDomainAndAddress)
  const verp = queueFile.envelope.verp !== null && queueFile.sender !== ''
  const sent = sorted.flatMap(({ recipients }) => recipients)
  const sources = new Map(sent.map((recipient) => [recipient, stored.get(recipient) ?? recipient]))
  return {
    shipments: sorted.flatMap((way) => split(way, verp ? 1 : settings.transport(way.transport).recipients)),
    sources,
    discarded,
  }
}

/** As qmgr sorts them: mail for one domain together, and in the order of the alphabet. */
const byDomainAndAddress = (a: Recipient, b: Recipient): number =>
  compare(domainOf(a.address).toLowerCase(), domainOf(b.address).toLowerCase()) ||
  compare(a.address, b.address)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function split(way: Shipment, limit: number): readonly Shipment[] {
  if (limit === 0 || way.recipients.length <= limit) return [way]
  const shipments: Shipment[] = []
  for (let i = 0; i < way.recipients.length; i += limit) {
    shipments.push({ ...way, recipients: way.recipients.slice(i, i + limit) })
  }
  return shipments
}

async function wayOf(
  recipient: Recipient,
  { queueId, sender, filter }: QueueFile,
  addressing: Addressing,
  settings: QmgrSettings,
  emit: Emit,
): Promise<{ readonly transport: string; readonly nexthop: string; readonly recipient: string }> {
  const resolved = await addressing.resolve(recipient.address, sender)
  if (resolved.kind === 'unavailable') {
    return { transport: 'retry', nexthop: '4.3.0 address resolver failure', recipient: recipient.address }
  }
  const filtered = filter === null ? null : filterWay(filter, resolved.recipient, settings)
  const way = { ...resolved, ...filtered }
  emit({
    type: 'qmgr.routed',
    queueId,
    recipient: quoteAddress(recipient.address),
    addressClass: resolved.addressClass,
    transport: way.transport,
    nexthop: way.nexthop,
    why: filtered === null ? resolved.why : 'content_filter',
  })
  if (settings.deferTransports.includes(way.transport)) {
    return { transport: 'retry', nexthop: '4.3.2 deferred transport', recipient: way.recipient }
  }
  return way
}

function filterWay(
  filter: string,
  recipient: string,
  settings: QmgrSettings,
): { readonly transport: string; readonly nexthop: string } {
  const colon = filter.indexOf(':')
  const transport = colon < 0 ? filter : filter.slice(0, colon)
  const nexthop = colon < 0 ? '' : filter.slice(colon + 1)
  return {
    transport,
    nexthop: nexthop === '' ? settings.defaultFilterNexthop || domainOf(recipient) : nexthop,
  }
}

const localPart = (address: string) => {
  const at = address.lastIndexOf('@')
  return at < 0 ? address : address.slice(0, at)
}
const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1)
