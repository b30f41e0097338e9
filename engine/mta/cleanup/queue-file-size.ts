/**
 * How large the queue file of a message would be. Postfix lets no queue file grow beyond message_size_limit, envelope
 * included: with a very small limit that is what a message runs into first, not its own size.
 *
 * cleanup(8).
 */
import type { Machine } from '#engine/machine.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { QueueFile } from '../handover.ts'
import { queueRecords, recordsLength } from '../queue-records.ts'

const tooBig = {
  reply: reply(552, '5.3.4', 'Error: message file too big', 'RFC 1870 §6.3'),
  trouble: 'bounce',
} as const

/** Null when the file may be written. `limit` 0: none. */
export function queueFileProblem(
  { emit, addresses }: Machine,
  queueFile: QueueFile,
  limit: number,
): typeof tooBig | null {
  if (limit <= 0) return null
  const { before, after } = queueRecords(queueFile, addresses[0] ?? '')
  if (recordsLength(before) + queueFile.size + recordsLength(after) <= limit) return null
  const exceeded = `${queueFile.queueId}: queue file size limit exceeded`
  for (const text of [exceeded, 'mail_stream_cleanup: close error']) {
    emit({ type: 'daemon.logged', daemon: 'cleanup', level: 'warning', text })
  }
  return tooBig
}
