/** Queue files: each from the moment cleanup made it to its removal, with what became of every recipient. */
import type { FactOf, Stamp, TraceEvent } from '../events.ts'
import { queueFileKey, type QueueFileView, type RecipientView } from '../world.ts'
import type { Draft } from './draft.ts'

type At<F> = Stamp & F

export function foldQueue(draft: Draft, event: TraceEvent): void {
  if (event.type === 'queue.recovered') return
  if (!('queueId' in event) || event.queueId === undefined) return
  const host = event.host ?? ''
  const key = queueFileKey(host, event.queueId)
  const change = (update: (file: QueueFileView) => Partial<QueueFileView>) =>
    draft.update('queueFiles', key, update)

  switch (event.type) {
    case 'queue.created':
      draft.set('queueFiles', key, created(key, host, event, draft.world.queueFiles.get(key)))
      return
    case 'cleanup.message':
      // Whether cleanup tells of the message before or after the file exists is its own business.
      if (!draft.world.queueFiles.has(key)) draft.set('queueFiles', key, unborn(key, host, event))
      change(() => ({
        messageId: event.messageId,
        subject: event.subject,
        size: event.size,
        content: event.content,
      }))
      return
    case 'cleanup.rewritten': {
      if (!draft.world.queueFiles.has(key)) draft.set('queueFiles', key, unborn(key, host, event))
      const { what, from, to, by } = event
      change((file) => ({ rewritten: [...file.rewritten, { what, from, to, by }] }))
      return
    }
    case 'cleanup.acted':
      if (!draft.world.queueFiles.has(key)) draft.set('queueFiles', key, unborn(key, host, event))
      change((file) => ({ acted: [...file.acted, { action: event.action, reason: event.reason }] }))
      return
    case 'queue.recipient':
      if (!draft.world.queueFiles.has(key)) draft.set('queueFiles', key, unborn(key, host, event))
      change((file) => ({
        recipients: draft.append(file.recipients, {
          ...newRecipient,
          address: event.recipient,
          original: event.original,
        }),
      }))
      return
    case 'queue.moved':
      draft.set('queued', key, event.to)
      change(() => ({
        queue: event.to,
        nextAttemptAt: event.nextAttemptAt ?? null,
        reason: event.reason ?? null,
      }))
      return
    case 'queue.removed':
      draft.remove('queued', key)
      change(() => ({ queue: null, nextAttemptAt: null, removedAt: event.at }))
      return
    case 'qmgr.routed': {
      const { addressClass, transport, nexthop, why } = event
      recipient(draft, key, event.recipient, null, () => ({
        route: { addressClass, transport, nexthop, why },
      }))
      return
    }
    case 'delivery.connected':
      draft.update('connections', event.connection, () => ({ queueFile: key }))
      change((file) => ({ connections: [...file.connections, connectionOf(event)] }))
      return
    case 'delivery.result':
      recipient(draft, key, event.recipient, event.original, (old, file) => ({
        result: { ...resultOf(event), connection: carriedBy(file, event) },
        attempts: old.attempts + 1,
      }))
      return
    case 'bounce.created': {
      const report = queueFileKey(host, event.report)
      change((file) => ({ reports: [...file.reports, { key: report, kind: event.kind }] }))
    }
  }
}

const newRecipient = { route: null, result: null, attempts: 0 }

function created(
  key: string,
  host: string,
  event: At<FactOf<'queue.created'>>,
  early: QueueFileView | undefined,
): QueueFileView {
  return {
    ...(early ?? unborn(key, host, event)),
    session: event.session ?? null,
    parent: event.parent === undefined ? null : queueFileKey(host, event.parent),
    origin: event.origin,
    sender: event.sender,
    size: event.size,
    journey: event.journey ?? null,
    createdAt: event.at,
    createdSeq: event.seq,
  }
}

const unborn = (key: string, host: string, event: TraceEvent & { queueId: string }): QueueFileView => ({
  key,
  host,
  queueId: event.queueId,
  journey: event.journey ?? null,
  session: null,
  parent: null,
  origin: 'smtpd',
  sender: '',
  size: 0,
  messageId: '',
  subject: '',
  content: '',
  queue: null,
  nextAttemptAt: null,
  reason: null,
  recipients: [],
  rewritten: [],
  acted: [],
  reports: [],
  connections: [],
  createdAt: event.at,
  createdSeq: event.seq,
  removedAt: null,
})

/** Changes one recipient; one that an alias made and no `queue.recipient` told of is added. */
function recipient(
  draft: Draft,
  key: string,
  address: string,
  original: string | null,
  change: (old: RecipientView, file: QueueFileView) => Partial<RecipientView>,
): void {
  draft.update('queueFiles', key, (file) => {
    const at = file.recipients.findIndex(
      (known) => known.address === address && (original === null || known.original === original),
    )
    const old = file.recipients[at] ?? { ...newRecipient, address, original: original ?? address }
    const changed = { ...old, ...change(old, file) }
    return { recipients: at === -1 ? [...file.recipients, changed] : file.recipients.with(at, changed) }
  })
}

function resultOf(event: At<FactOf<'delivery.result'>>) {
  const { seq, at, agent, outcome, status, relay, text, delays } = event
  return { seq, at, agent, outcome, status, relay, text, delays }
}

function connectionOf(event: At<FactOf<'delivery.connected'>>): QueueFileView['connections'][number] {
  const { agent, connection, server, address, port } = event
  return { agent, connection, server, address, port }
}

/** The newest connection that its agent made for this queue file, to the relay that the result names. */
function carriedBy(file: QueueFileView, event: At<FactOf<'delivery.result'>>): string | null {
  const ofAgent = file.connections.filter((connection) => connection.agent === event.agent)
  const there = ofAgent.findLast(({ server, address }) => event.relay.startsWith(`${server}[${address}]`))
  return (there ?? ofAgent.at(-1))?.connection ?? null
}
