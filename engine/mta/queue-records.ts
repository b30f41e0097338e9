/**
 * The records of a queue file as Postfix writes them, around those of the message itself: the envelope before, what
 * was found in the message after. postcat shows them, and message_size_limit counts them.
 *
 * cleanup(8); postcat(1).
 */
import type { Origin, QueueFile, QueueRecord, QueueRecords, Recipient } from './handover.ts'

/** One byte for the type, one to three for the length, and the text. */
export function recordLength({ text }: QueueRecord): number {
  const length = Buffer.byteLength(text)
  return 1 + (length < 128 ? 1 : length < 16384 ? 2 : 3) + length
}

export const recordsLength = (records: readonly QueueRecord[]): number =>
  records.reduce((sum, record) => sum + recordLength(record), 0)

const attribute = (name: string, value: string | number): QueueRecord => ({
  type: 'A',
  text: `${name}=${value}`,
})
const record = (type: string, text = ''): QueueRecord => ({ type, text })

/** `server`: the address at which mail is taken. */
export function queueRecords(queueFile: QueueFile, server: string): QueueRecords {
  const { envelope, recipients, size, arrivedAt, filter, sender, origin, queueId } = queueFile
  const copies = recipients.filter((recipient) => isCopy(recipient, origin))
  const asked = recipients.filter((recipient) => !copies.includes(recipient))
  const seconds = Math.floor(arrivedAt / 1000)
  const microseconds = (Math.floor(arrivedAt) % 1000) * 1000
  const encoding =
    envelope.body === null ? [] : [attribute('encoding', envelope.body === '7bit' ? '7bit' : '8bit')]
  const envelopeRecords = [
    record('T', `${seconds} ${microseconds === 0 ? '000000' : microseconds}`),
    attribute('create_time', seconds),
    ...(filter === null ? [] : [record('L', filter)]),
    ...(origin.kind === 'pickup' ? [] : [attribute('log_ident', queueId)]),
    attribute('rewrite_context', 'local'),
    ...(envelope.envid === null ? [] : [attribute('envelope_id', envelope.envid)]),
    ...(envelope.ret === null ? [] : [attribute('ret_flags', envelope.ret === 'full' ? 1 : 2)]),
    ...saslRecords(origin),
    record('S', sender),
    ...encoding,
    ...originRecords(origin, server),
    ...asked.flatMap(recipientRecords),
  ]
  const notified = asked.reduce((flags, { notify }) => flags | notifyFlags(notify), 0)
  const column = (n: number) => String(n).padStart(15)
  const head = (offset: number) =>
    record('C', [size, offset, recipients.length, notified << 1, size, 0].map(column).join(' '))
  const offset = recordLength(head(0)) + recordsLength(envelopeRecords) + recordLength(record('M'))
  return {
    before: [head(offset), ...envelopeRecords, record('M')],
    after: [record('X'), ...encoding, ...copies.flatMap(copyRecords), record('E')],
  }
}

/** A recipient that always_bcc and its kin added, after the message was read. */
const isCopy = ({ notify, orcpt }: Recipient, origin: Origin): boolean =>
  origin.kind === 'smtpd' && orcpt === null && notify.length === 1 && notify[0] === 'never'

const flags = { never: 1, success: 2, failure: 4, delay: 8 } as const
const notifyFlags = (notify: Recipient['notify']): number =>
  notify.reduce((sum: number, when) => sum | flags[when], 0)

function saslRecords(origin: Origin): readonly QueueRecord[] {
  if (origin.kind !== 'smtpd' || origin.sasl === null) return []
  const { method, username, sender } = origin.sasl
  return [
    attribute('sasl_method', method),
    attribute('sasl_username', username),
    ...(sender === '' ? [] : [attribute('sasl_sender', sender)]),
  ]
}

function originRecords(origin: Origin, server: string): readonly QueueRecord[] {
  if (origin.kind === 'pickup') return []
  if (origin.kind !== 'smtpd') return [attribute('log_message_origin', 'local')]
  const { client, helo, protocol } = origin
  return [
    attribute('log_client_name', client.name),
    attribute('log_client_address', client.address),
    attribute('log_client_port', client.port),
    attribute('log_message_origin', `${client.name}[${client.address}]`),
    attribute('log_helo_name', helo),
    attribute('log_protocol_name', protocol),
    attribute('client_name', client.name),
    attribute('reverse_client_name', client.name),
    attribute('client_address', client.address),
    attribute('client_port', client.port),
    attribute('server_address', server),
    attribute('server_port', 25),
    attribute('helo_name', helo),
    attribute('protocol_name', protocol),
    attribute('client_address_type', client.address.includes(':') ? 10 : 2),
  ]
}

const recipientRecords = ({ address, original, notify, orcpt }: Recipient): readonly QueueRecord[] => [
  ...(notify.length === 0 ? [] : [attribute('notify_flags', notifyFlags(notify))]),
  attribute('dsn_orig_rcpt', orcpt ?? `rfc822;${original.includes('@') ? original : address}`),
  record('O', original),
  record('R', address),
]

const copyRecords = ({ address, original, notify }: Recipient): readonly QueueRecord[] => [
  attribute('notify_flags', notifyFlags(notify)),
  record('O', original),
  record('R', address),
]
