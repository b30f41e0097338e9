/**
 * postcat: what is in a queue file: the envelope, the header, the body.
 *
 * postcat(1). `-q` takes a queue id; `-e`, `-h`, `-b` choose parts; `-v` names each record.
 */
import type { HostCommand } from '#host/command.ts'
import { asctime } from '#protocol/message/date.ts'
import { headerEnd } from '#protocol/message/header.ts'
import type { QueueListing, QueueRecord, QueueRecords } from '#mta/handover.ts'
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
      stdout += print(found, chosen, hashed)
    }
    return { stdout, stderr: '', exit: 0 }
  },
}

const fatal = (stderr: string) => ({ stdout: '', stderr, exit: 1 })

const noFile = (word: string, byId: boolean) => ({
  stderr: `postcat: fatal: open ${byId ? 'queue file ' : ''}${word}: No such file or directory\n`,
  exit: 1,
})

type Parts = {
  readonly content: Uint8Array
  readonly records: QueueRecords
  readonly listing: QueueListing
}

function print(
  { listing: { queueName, queueFile }, content, records }: Parts,
  chosen: ReadonlySet<string>,
  hashed: readonly string[],
): string {
  const parts = ['e', 'h', 'b'].some((letter) => chosen.has(letter))
  const shows = (letter: string) => !parts || chosen.has(letter)
  const { queueId } = queueFile
  const folder = hashed.includes(queueName) ? `${queueName}/${queueId.charAt(0)}` : queueName
  const end =
    Buffer.from(content.subarray(0, headerEnd(content)))
      .toString('latin1')
      .split('\n').length - 1
  let offset = 0
  let text = ''
  const line = ({ type, text: said }: QueueRecord, as: string) => {
    const place = chosen.has('o') ? `${String(offset).padStart(9)} ` : ''
    const code = chosen.has('d') ? `${String(type.charCodeAt(0)).padStart(3)} ` : ''
    text += `${place}${code}${as}\n`
    offset += sizeOf(said)
  }
  const envelope = (record: QueueRecord) => {
    if (!shows('e')) offset += sizeOf(record.text)
    else
      line(
        record,
        record.type in marks ? `*** ${marks[record.type] ?? ''} ${folder}/${queueId} ***` : shown(record),
      )
  }
  if (shows('e')) text += `*** ENVELOPE RECORDS ${folder}/${queueId} ***\n`
  records.before.forEach(envelope)
  const message = Buffer.from(content.buffer, content.byteOffset, content.length).toString('utf8')
  const lines = message === '' ? [] : message.replace(/\n$/, '').split('\n')
  lines.forEach((said, i) => {
    const record = { type: 'N', text: said }
    if (shows(i < end ? 'h' : 'b')) line(record, `${chosen.has('v') ? 'regular_text: ' : ''}${said}`)
    else offset += sizeOf(said)
  })
  records.after.forEach(envelope)
  return text
}

/** One byte for the type of a record, one to three for its length, and its text. */
function sizeOf(text: string): number {
  const length = Buffer.byteLength(text)
  return 1 + (length < 128 ? 1 : length < 16384 ? 2 : 3) + length
}

const marks: Readonly<Record<string, string>> = {
  M: 'MESSAGE CONTENTS',
  X: 'HEADER EXTRACTED',
  E: 'MESSAGE FILE END',
}

const names: Readonly<Record<string, string>> = {
  C: 'message_size',
  L: 'content_filter',
  F: 'sender_fullname',
  S: 'sender',
  O: 'original_recipient',
  R: 'recipient',
}

function shown({ type, text }: QueueRecord): string {
  const time = (seconds: string) => asctime(Number.parseInt(seconds, 10) * 1000)
  if (type === 'T') return `message_arrival_time: ${time(text)}`
  if (text.startsWith('create_time=')) return `create_time: ${time(text.slice(12))}`
  return `${names[type] ?? 'named_attribute'}: ${text}`
}
