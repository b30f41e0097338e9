/** What doveadm fetch can tell of a message: `uid flags hdr.subject text`. doveadm-fetch(1). */
import { latin1Of } from '#protocol/bytes/text.ts'
import { writeStructure } from '#protocol/imap/bodystructure.ts'
import { writeEnvelope } from '#protocol/imap/envelope.ts'
import type { Section } from '#protocol/imap/fetch-item.ts'
import { readHeaderLines } from '#protocol/message/header-lines.ts'
import { readMimeTree } from '#protocol/message/mime-tree.ts'
import { readMailDate } from '#protocol/message/read-date.ts'
import { decodedContent, decodedValues, partsOf, readSieveMessage } from '#protocol/sieve/message.ts'
import type { MessagePieces } from '#host/command.ts'
import type { MessageEntry, OpenMailbox } from '#mailbox/mail-store.ts'
import { bodyOf } from './query.ts'
import { named } from '#protocol/named.ts'

export type Fetched = {
  readonly user: string
  readonly shown: string
  readonly mailbox: OpenMailbox
  readonly message: MessageEntry
  readonly sequence: number
  readonly pieces: MessagePieces | null
}

export type Field = {
  /** `stream`: of any length, and shown as it is. */
  readonly kind: 'value' | 'stream'
  readonly read: (of: Fetched) => Promise<string>
}

const lf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n')
const two = (n: number): string => String(n).padStart(2, '0')
const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8')

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

const value = (read: Field['read']): Field => ({ kind: 'value', read })
const stream = (read: Field['read']): Field => ({ kind: 'stream', read })

async function structure({ mailbox, message }: Fetched, form: 'BODY' | 'BODYSTRUCTURE'): Promise<string> {
  const bytes = await mailbox.read(message.uid)
  return utf8(writeStructure(readMimeTree(bytes), bytes, form)).replace(/^\((.*)\)$/s, '$1')
}

async function preview({ mailbox, message, pieces }: Fetched): Promise<string> {
  const bytes = await mailbox.read(message.uid)
  return utf8(pieces?.preview(bytes, readMimeTree(bytes)) ?? '')
}

const fields: Readonly<Record<string, Field>> = named({
  user: value(async ({ user }) => user),
  mailbox: value(async ({ shown }) => shown),
  'mailbox-guid': value(async ({ mailbox }) => mailbox.guid),
  seq: value(async ({ sequence }) => String(sequence)),
  uid: value(async ({ message }) => String(message.uid)),
  guid: value(async ({ message }) => message.guid),
  flags: value(async ({ message }) => flagsOf(message)),
  modseq: value(async ({ message }) => String(message.modseq)),
  hdr: stream(async ({ mailbox, message }) => lf(await mailbox.readHeader(message.uid))),
  body: stream(async ({ mailbox, message }) => lf(await bodyOf(mailbox, message))),
  'body.preview': value(preview),
  'body.snippet': value(preview),
  text: stream(async ({ mailbox, message }) => lf(await mailbox.read(message.uid))),
  'text.utf8': stream(async ({ mailbox, message }) => decodedText(await mailbox.read(message.uid))),
  'size.physical': value(async ({ mailbox, message }) =>
    String(latin1Of(await mailbox.read(message.uid)).replaceAll('\r\n', '\n').length),
  ),
  'size.virtual': value(async ({ message }) => String(message.size)),
  'date.received': value(async ({ message }) => stamp(message.internalDate)),
  'date.sent': value(async (of) => {
    const moment = await sent(of)
    if (moment === null) return ''
    const size = Math.abs(moment.zone)
    const zone = `${moment.zone < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
    return `${stamp(moment.time + moment.zone * 60_000)} (${zone})`
  }),
  'date.saved': value(async ({ message }) => stamp(message.savedDate)),
  'date.received.unixtime': value(async ({ message }) => String(Math.floor(message.internalDate / 1000))),
  'date.sent.unixtime': value(async (of) => String(Math.floor(((await sent(of))?.time ?? 0) / 1000))),
  'date.saved.unixtime': value(async ({ message }) => String(Math.floor(message.savedDate / 1000))),
  'imap.envelope': value(async (of) =>
    utf8(writeEnvelope(await headerLines(of))).replace(/^\((.*)\)$/s, '$1'),
  ),
  'imap.body': value((of) => structure(of, 'BODY')),
  'imap.bodystructure': value((of) => structure(of, 'BODYSTRUCTURE')),
  'pop3.uidl': value(async () => ''),
  'pop3.order': value(async () => ''),
  refcount: value(async () => '1'),
  storageid: value(async ({ message }) => message.guid),
})

const systemFlags = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft']

export function flagsOf(message: MessageEntry): string {
  const system = systemFlags.filter((flag) => message.flags.has(flag))
  const keywords = [...message.flags].filter((flag) => !systemFlags.includes(flag))
  return [...system, ...(message.recent ? ['\\Recent'] : []), ...keywords].join(' ')
}

/** Headers with their words decoded, and each part without its encoding; nothing of what stands between the parts. */
function decodedText(bytes: Uint8Array): string {
  const message = readSieveMessage(bytes)
  return [...partsOf(message.root)]
    .map((part) => {
      const lines = part.fields.map(({ name, raw }) => {
        return name === '' ? raw : `${name}: ${decodedValues([{ name, raw }], name).join('')}\n`
      })
      return `${lines.join('')}\n${part.kind === 'leaf' ? decodedContent(message, part) : ''}`
    })
    .map((text) => utf8(text).replaceAll('\r\n', '\n'))
    .join('')
}

/** `hdr.x`, `body.1.mime`, `binary.2`; null: there is no such field; `no section`: only the section is wrong. */
export function fieldOf(written: string): Field | 'no section' | null {
  const name = written.toLowerCase()
  if (name.startsWith('hdr.')) return headerField(name.slice('hdr.'.length))
  const own = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (own !== undefined) return own
  const [, kind = '', text = ''] = /^(body|binary)\.(.*)$/.exec(name) ?? []
  if (kind === '') return null
  const section = readSection(text)
  return section === null ? 'no section' : sectionField(section, kind === 'binary' ? 'decoded' : 'as it is')
}

/** As it is written, folded lines and all; `hdr.subject.utf8`: its words decoded. */
function headerField(name: string): Field {
  const decoded = name.endsWith('.utf8')
  const wanted = decoded ? name.slice(0, -'.utf8'.length) : name
  return value(async (of) => {
    const lines = await headerLines(of)
    const values = decoded
      ? decodedValues(lines, wanted)
      : lines
          .filter((line) => line.name.toLowerCase() === wanted)
          .map(({ raw }) =>
            raw
              .slice(raw.indexOf(':') + 1)
              .replace(/^[ \t]+|\r?\n$/g, '')
              .replaceAll('\r\n', '\n'),
          )
    return values.map(utf8).join('\n')
  })
}

function readSection(text: string): Section | null {
  const match = /^((?:[1-9]\d{0,8}(?:\.|$))*)(header|text|mime)?$/.exec(text)
  if (match === null) return null
  const path = (match[1] ?? '')
    .split('.')
    .filter((part) => part !== '')
    .map(Number)
  const what = (match[2] ?? 'all') as Section['what']
  return what === 'mime' && path.length === 0 ? null : { path, what, names: [] }
}

const sectionField = (section: Section, form: 'decoded' | 'as it is'): Field =>
  stream(async ({ mailbox, message, pieces }) => {
    if (pieces === null) return ''
    const bytes = await mailbox.read(message.uid)
    const root = readMimeTree(bytes)
    const cut =
      form === 'decoded' ? pieces.decoded(bytes, root, section) : pieces.section(bytes, root, section)
    return Buffer.from(cut ?? []).toString('utf8')
  })

export const availableFields = [
  'hdr.<name>',
  'body.<section>',
  'binary.<section>',
  ...Object.keys(fields),
].join(' ')
