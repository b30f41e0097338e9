/** What doveadm fetch can tell of a message: `uid flags hdr.subject text`. doveadm-fetch(1). */
import { latin1Of } from '#protocol/bytes/text.ts'
import { readHeaderLines } from '#protocol/message/header-lines.ts'
import { readMailDate } from '#protocol/message/read-date.ts'
import { decodedValues } from '#protocol/sieve/message.ts'
import type { MessageEntry, OpenMailbox } from '#mailbox/mail-store.ts'
import { bodyOf } from './query.ts'
import { named } from '#protocol/named.ts'

export type Fetched = {
  readonly user: string
  readonly shown: string
  readonly mailbox: OpenMailbox
  readonly message: MessageEntry
  readonly sequence: number
}

type Field = (of: Fetched) => Promise<string>

const lf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n')
const two = (n: number): string => String(n).padStart(2, '0')

/** `2024-02-06 11:00:00`. */
function stamp(milliseconds: number): string {
  const date = new Date(milliseconds)
  const day = `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
}

const headerLines = async ({ mailbox, message }: Fetched) =>
  readHeaderLines(latin1Of(await mailbox.readHeader(message.uid)))

async function sent(of: Fetched) {
  const [date] = decodedValues(await headerLines(of), 'date')
  return date === undefined ? null : readMailDate(date)
}

const fields: Readonly<Record<string, Field>> = named({
  user: async ({ user }) => user,
  mailbox: async ({ shown }) => shown,
  'mailbox-guid': async ({ mailbox }) => mailbox.guid,
  seq: async ({ sequence }) => String(sequence),
  uid: async ({ message }) => String(message.uid),
  guid: async ({ message }) => message.guid,
  flags: async ({ message }) => flagsOf(message),
  modseq: async ({ message }) => String(message.modseq),
  hdr: async ({ mailbox, message }) => lf(await mailbox.readHeader(message.uid)),
  body: async ({ mailbox, message }) => lf(await bodyOf(mailbox, message)),
  text: async ({ mailbox, message }) => lf(await mailbox.read(message.uid)),
  'text.utf8': async ({ mailbox, message }) => lf(await mailbox.read(message.uid)),
  'size.physical': async ({ mailbox, message }) =>
    String(Buffer.from(lf(await mailbox.read(message.uid)), 'utf8').length),
  'size.virtual': async ({ message }) => String(message.size),
  'date.received': async ({ message }) => stamp(message.internalDate),
  'date.saved': async ({ message }) => stamp(message.savedDate),
  'date.received.unixtime': async ({ message }) => String(Math.floor(message.internalDate / 1000)),
  'date.saved.unixtime': async ({ message }) => String(Math.floor(message.savedDate / 1000)),
  'date.sent': async (of) => {
    const moment = await sent(of)
    if (moment === null) return ''
    const size = Math.abs(moment.zone)
    const zone = `${moment.zone < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
    return `${stamp(moment.time + moment.zone * 60_000)} (${zone})`
  },
  'date.sent.unixtime': async (of) => String(Math.floor(((await sent(of))?.time ?? 0) / 1000)),
})

const systemFlags = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft']

function flagsOf(message: MessageEntry): string {
  const system = systemFlags.filter((flag) => message.flags.has(flag))
  const keywords = [...message.flags].filter((flag) => !systemFlags.includes(flag))
  return [...system, ...(message.recent ? ['\\Recent'] : []), ...keywords].join(' ')
}

/** Null: there is no such field. */
export function fieldOf(name: string): Field | null {
  if (name.startsWith('hdr.')) {
    const wanted = name.slice('hdr.'.length)
    return async (of) =>
      decodedValues(await headerLines(of), wanted)
        .map((value) => Buffer.from(value, 'latin1').toString('utf8'))
        .join('\n')
  }
  return Object.hasOwn(fields, name) ? (fields[name] ?? null) : null
}

export const availableFields = ['hdr.<name>', ...Object.keys(fields)].join(' ')
