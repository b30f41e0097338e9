/**
 * How large the queue file of a message would be. Postfix lets no queue file grow beyond message_size_limit, envelope
 * included: with a very small limit that is what a message runs into first, not its own size.
 *
 * cleanup(8); postcat(1) shows the records.
 */
import type { Machine } from '#engine/machine.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Origin, QueueFile, Recipient } from '../handover.ts'

/** A record: one byte for its type, one to three for its length, its text. */
const record = (text: string): number => {
  const length = Buffer.byteLength(text)
  return 1 + (length < 128 ? 1 : length < 16384 ? 2 : 3) + length
}
const attribute = (name: string, value: string | number): number => record(`${name}=${value}`)
const marker = record('')

/** Six numbers of fifteen places, with a blank between two. */
const sizes = record(' '.repeat(95))

const tooBig = {
  reply: reply(552, '5.3.4', 'Error: message file too big', 'RFC 1870 §6.3'),
  trouble: 'bounce',
} as const

/** Null when the file may be written. `limit` 0: none. */
export function queueFileProblem(
  { emit }: Machine,
  queueFile: QueueFile,
  limit: number,
): typeof tooBig | null {
  if (limit <= 0 || queueFileSize(queueFile) <= limit) return null
  const exceeded = `${queueFile.queueId}: queue file size limit exceeded`
  for (const text of [exceeded, 'mail_stream_cleanup: close error']) {
    emit({ type: 'daemon.logged', daemon: 'cleanup', level: 'warning', text })
  }
  return tooBig
}

function queueFileSize(queueFile: QueueFile): number {
  const { arrivedAt, sender, envelope, filter, recipients, queueId, origin, size } = queueFile
  const seconds = Math.floor(arrivedAt / 1000)
  return [
    sizes,
    record(`${seconds} 000000`),
    attribute('create_time', seconds),
    filter === null ? 0 : record(filter),
    attribute('log_ident', queueId),
    attribute('rewrite_context', 'local'),
    envelope.envid === null ? 0 : attribute('envelope_id', envelope.envid),
    envelope.ret === null ? 0 : attribute('ret_flags', 1),
    ...(origin.kind === 'smtpd' && origin.sasl !== null
      ? [attribute('sasl_method', origin.sasl.method), attribute('sasl_username', origin.sasl.username)]
      : []),
    record(sender),
    // Said by the client, and said again behind the message.
    envelope.body === null ? 0 : 2 * attribute('encoding', envelope.body === '7bit' ? '7bit' : '8bit'),
    ...originSizes(origin),
    ...recipients.flatMap(recipientSizes),
    marker,
    size,
    marker,
    marker,
  ].reduce((sum, one) => sum + one, 0)
}

function originSizes(origin: Origin): readonly number[] {
  if (origin.kind !== 'smtpd') return [attribute('log_message_origin', 'local')]
  const { client, helo, protocol } = origin
  return [
    ...(['log_client', 'client'] as const).flatMap((prefix) => [
      attribute(`${prefix}_name`, client.name),
      attribute(`${prefix}_address`, client.address),
      attribute(`${prefix}_port`, client.port),
    ]),
    ...(['log_helo_name', 'helo_name'] as const).map((name) => attribute(name, helo)),
    ...(['log_protocol_name', 'protocol_name'] as const).map((name) => attribute(name, protocol)),
    attribute('log_message_origin', `${client.name}[${client.address}]`),
    attribute('reverse_client_name', client.name),
    attribute('server_address', client.address),
    attribute('server_port', 25),
    attribute('client_address_type', 2),
  ]
}

function recipientSizes({ address, original, notify, orcpt }: Recipient): readonly number[] {
  return [
    notify.length === 0 ? 0 : attribute('notify_flags', notify.length > 1 ? 14 : 1),
    attribute('dsn_orig_rcpt', orcpt ?? `rfc822;${original}`),
    record(original),
    record(address),
  ]
}
