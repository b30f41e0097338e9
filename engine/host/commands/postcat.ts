/**
 * postcat: what is in a queue file: the envelope, the header, the body.
 *
 * postcat(1). `-q` takes a queue id; `-e`, `-h`, `-b` choose parts; `-v` names each record.
 */
import type { HostCommand } from '#host/command.ts'
import { asctime } from '#protocol/message/date.ts'
import { headerEnd } from '#protocol/message/header.ts'
import type { Origin, QueueFile, QueueListing } from '#mta/handover.ts'
import { optionProblem, readOptions } from './arguments.ts'

const usage =
  'postcat: fatal: usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record type)] [-e (envelope records)] [-h (header text)] [-q (access queue)] [-v] [file(s)...]\n'

export const postcat: HostCommand = {
  name: 'postcat',
  async run({ box, user, words }) {
    const read = readOptions(words.slice(1), 'bc:dehoqrs:v')
    if (read.kind !== 'options') return fatal(optionProblem('postcat', read) + usage)
    const chosen = new Set(read.options.map(({ letter }) => letter))
    const hashed = box.postfix?.settings.list('hash_queue_names') ?? []
    let stdout = ''
    for (const word of read.rest) {
      const queueId = word.slice(word.lastIndexOf('/') + 1)
      const named = chosen.has('q') || word.includes('/')
      const found = named ? await box.queue?.find(queueId) : null
      if (!found) return { stdout, ...noFile(word, chosen.has('q')) }
      if (user !== 'root') {
        const what = chosen.has('q') ? 'queue file ' : ''
        return { ...fatal(`postcat: fatal: open ${what}${word}: Permission denied\n`), stdout }
      }
      stdout += print(found.listing, found.content, chosen, hashed)
    }
    return { stdout, stderr: '', exit: 0 }
  },
}

const fatal = (stderr: string) => ({ stdout: '', stderr, exit: 1 })

const noFile = (word: string, byId: boolean) => ({
  stderr: `postcat: fatal: open ${byId ? 'queue file ' : ''}${word}: No such file or directory\n`,
  exit: 1,
})

function print(
  { queueName, queueFile }: QueueListing,
  content: Uint8Array,
  chosen: ReadonlySet<string>,
  hashed: readonly string[],
): string {
  const parts = ['e', 'h', 'b'].some((letter) => chosen.has(letter))
  const shows = (letter: string) => !parts || chosen.has(letter)
  const { queueId } = queueFile
  const folder = hashed.includes(queueName) ? `${queueName}/${queueId.charAt(0)}` : queueName
  const name = `${folder}/${queueId}`
  const marked = shows('e')
  const mark = (text: string) => (marked ? `*** ${text} ${name} ***\n` : '')
  const prefix = chosen.has('v') ? 'regular_text: ' : ''
  const end = headerEnd(content)
  const lines = (bytes: Uint8Array) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
    return text === ''
      ? ''
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => `${prefix}${line}\n`)
          .join('')
  }
  return [
    mark('ENVELOPE RECORDS'),
    marked ? envelope(queueFile) : '',
    mark('MESSAGE CONTENTS'),
    shows('h') ? lines(content.subarray(0, end)) : '',
    shows('b') ? lines(content.subarray(end)) : '',
    mark('HEADER EXTRACTED'),
    mark('MESSAGE FILE END'),
  ].join('')
}

function envelope(queueFile: QueueFile): string {
  const { size, recipients, arrivedAt, queueId, sender, origin, envelope } = queueFile
  const column = (n: number) => String(n).padStart(16)
  const attributes = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([name, value]) => `named_attribute: ${name}=${value}\n`).join('')
  return [
    `message_size:${column(size)}${column(size)}${column(recipients.length)}${column(0)}${column(size)}${column(0)}\n`,
    `message_arrival_time: ${asctime(arrivedAt)}\n`,
    `create_time: ${asctime(arrivedAt)}\n`,
    attributes([
      ['log_ident', queueId],
      ['rewrite_context', 'local'],
    ]),
    envelope.envid === null ? '' : attributes([['envelope_id', envelope.envid]]),
    `sender: ${sender}\n`,
    attributes(originAttributes(origin)),
    queueFile.filter === null ? '' : `content_filter: ${queueFile.filter}\n`,
    ...recipients.map(
      ({ address, original, orcpt }) =>
        `${attributes([['dsn_orig_rcpt', orcpt ?? `rfc822;${original}`]])}original_recipient: ${original}\nrecipient: ${address}\n`,
    ),
  ].join('')
}

function originAttributes(origin: Origin): readonly (readonly [string, string])[] {
  if (origin.kind !== 'smtpd') return [['log_message_origin', 'local']]
  const { client, helo, protocol, sasl } = origin
  const family = client.address.includes(':') ? '10' : '2'
  return [
    ['log_client_name', client.name],
    ['log_client_address', client.address],
    ['log_client_port', String(client.port)],
    ['log_message_origin', `${client.name}[${client.address}]`],
    ['log_helo_name', helo],
    ['log_protocol_name', protocol],
    ['client_name', client.name],
    ['reverse_client_name', client.name],
    ['client_address', client.address],
    ['client_port', String(client.port)],
    ['helo_name', helo],
    ['protocol_name', protocol],
    ['client_address_type', family],
    ...(sasl === null
      ? []
      : ([
          ['sasl_method', sasl.method],
          ['sasl_username', sasl.username],
        ] as const)),
  ]
}
