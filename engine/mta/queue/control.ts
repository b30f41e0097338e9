/**
 * The queue in the hands of its operator: listed, flushed, held, released, requeued, emptied.
 *
 * postqueue(1), postsuper(1), postcat(1), sendmail(1).
 */
import type { QueueControl, QueueListing, QueueName } from '../handover.ts'
import { queueRecords } from '../queue-records.ts'
import type { QueueEntry } from '../message-queue.ts'
import type { Queue } from './queue.ts'

export type ControlInput = {
  readonly queue: Queue
  /** The address at which this host takes mail. */
  readonly server: string
  readonly flush: (wanted: (entry: QueueEntry) => boolean) => Promise<void>
  readonly arrived: (queueId: string) => void
  readonly verify: QueueControl['verify']
  readonly pickup: {
    post(message: Parameters<QueueControl['post']>[0]): Promise<string>
    collect(): Promise<void>
  }
}

/** The order in which showq walks through the queues. */
const order: readonly QueueName[] = ['maildrop', 'active', 'incoming', 'deferred', 'hold']

export function createQueueControl({
  queue,
  server,
  flush,
  arrived,
  pickup,
  verify,
}: ControlInput): QueueControl {
  const act = {
    delete: (entry: QueueEntry) => queue.remove(entry.queueFile.queueId, 'postsuper'),
    hold: async ({ queue: from, queueFile }: QueueEntry) =>
      from !== 'hold' && (await queue.move(queueFile.queueId, 'hold')) !== undefined,
    async release({ queue: from, queueFile }: QueueEntry) {
      if (from !== 'hold') return false
      const moved = await queue.move(queueFile.queueId, 'incoming', { nextAttemptAt: null })
      if (moved) arrived(queueFile.queueId)
      return moved !== undefined
    },
    async expire({ queue: from, queueFile, forcedExpire }: QueueEntry) {
      if (forcedExpire || from === 'maildrop') return false
      await queue.record(queueFile.queueId, { forcedExpire: true })
      return true
    },
    async requeue({ queue: from, queueFile }: QueueEntry) {
      return from !== 'maildrop' && (await queue.move(queueFile.queueId, 'maildrop')) !== undefined
    },
  }
  return {
    async list() {
      return [...queue.entries()]
        .sort(
          (a, b) =>
            order.indexOf(a.queue) - order.indexOf(b.queue) || a.queueFile.arrivedAt - b.queueFile.arrivedAt,
        )
        .map(listing)
    },
    async find(queueId) {
      const entry = queue.get(queueId)
      const content = entry ? await queue.content(queueId) : null
      if (!entry || content === null) return null
      return { listing: listing(entry), content, records: queueRecords(entry.queueFile, server) }
    },
    async flush(what) {
      switch (what.kind) {
        case 'all':
          await pickup.collect()
          return flush(() => true)
        case 'message':
          return flush(({ queueFile }) => queueFile.queueId === what.queueId)
        case 'site': {
          const site = what.site.toLowerCase()
          return flush(({ queueFile }) =>
            queueFile.recipients.some(({ address }) => address.toLowerCase().endsWith(`@${site}`)),
          )
        }
        default:
          what satisfies never
      }
    },
    async change(action, messages, only) {
      const chosen = [...queue.entries()].filter(
        (entry) =>
          (messages === 'ALL' || entry.queueFile.queueId === messages.queueId) &&
          (only === undefined || entry.queue === only),
      )
      const done: string[] = []
      for (const entry of chosen) {
        if (await act[action](entry)) done.push(entry.queueFile.queueId)
      }
      if (action === 'requeue' && done.length > 0) await pickup.collect()
      return done
    },
    post: (message) => pickup.post(message),
    verify,
  }
}

const listing = ({ queue, queueFile, forcedExpire }: QueueEntry): QueueListing => ({
  queueName: queue,
  queueFile,
  forcedExpire,
})
