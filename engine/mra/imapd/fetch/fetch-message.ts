/**
 * One `* 7 FETCH (…)`: each item looked up as cheaply as it can be. Flags and UIDs cost nothing, sizes and dates a look
 * at the file, an envelope the header, the rest the message.
 *
 * RFC 3501 §7.4.2.
 */
import type { MessageEntry } from '#mailbox/mail-store.ts'
import { writeStructure } from '#protocol/imap/bodystructure.ts'
import { writeDateTime } from '#protocol/imap/date.ts'
import { writeEnvelope } from '#protocol/imap/envelope.ts'
import {
  labelOf,
  type FetchItem,
  type PlainItem,
  type PreviewItem,
  type SectionItem,
} from '#protocol/imap/fetch-item.ts'
import { astringOut, quoted } from '#protocol/imap/quoting.ts'
import type { HeaderLine } from '#protocol/message/header-lines.ts'
import { readMimeTree, type MimePart } from '#protocol/message/mime-tree.ts'
import type { Account, Numbered } from '../account.ts'
import { isLooked } from '../looked.ts'
import type { Chunk } from '../outcome.ts'
import { readContent, readFields } from '../search/message.ts'
import { writeFlags } from '../updates.ts'
import { previewOf } from './preview.ts'
import { decodedSection, type Unreadable } from './binary.ts'
import { chosenFields, cutSection } from './sections.ts'

/** `expunged`: the message is gone; what could not be read is NIL. */
export type Fetched = {
  readonly chunks: readonly Chunk[]
  readonly outcome: 'whole' | 'expunged' | Unreadable
}

const ofFlags: ReadonlySet<PlainItem> = new Set([
  'FLAGS',
  'UID',
  'MODSEQ',
  'X-GUID',
  'X-MAILBOX',
  'X-REAL-UID',
])
const ofFile: ReadonlySet<PlainItem> = new Set(['INTERNALDATE', 'RFC822.SIZE', 'SAVEDATE', 'X-SAVEDATE'])

export const needsFile = (items: readonly FetchItem[]): boolean =>
  items.some((item) => item.kind === 'plain' && ofFile.has(item.name))

/** Whether the entry alone has all that is asked: then nothing is read. */
export const needsNothing = (items: readonly FetchItem[]): boolean =>
  items.every((item) => item.kind === 'plain' && isShort(item.name))

/** Short items first, the others as they were asked for: so Dovecot sends them. */
export const inOrder = (items: readonly FetchItem[]): readonly FetchItem[] => [
  ...items.filter((item) => isBuffered(item)),
  ...items.filter((item) => !isBuffered(item)),
]

export const isBuffered = (item: FetchItem): boolean =>
  item.kind === 'preview' || (item.kind === 'plain' && isShort(item.name))

const isShort = (name: PlainItem): boolean => ofFlags.has(name) || ofFile.has(name)

/** One line, of items that need no reading. */
export function fetchPlain(
  items: readonly FetchItem[],
  { number, entry }: Numbered,
  account: Account,
): string {
  let text = `* ${number} FETCH (`
  for (const [i, item] of items.entries()) {
    if (i > 0) text += ' '
    if (item.kind === 'plain') text += `${item.name} ${plainValue(item.name, entry, account)}`
  }
  return `${text})\r\n`
}

function plainValue(name: PlainItem, entry: MessageEntry, account: Account): string {
  switch (name) {
    case 'FLAGS':
      return writeFlags(entry, account.view)
    case 'UID':
    case 'X-REAL-UID':
      return String(entry.uid)
    case 'MODSEQ':
      return `(${entry.modseq})`
    case 'X-GUID':
      return astringOut(entry.guid)
    case 'X-MAILBOX':
      return astringOut(account.names.toClient(account.view.mailbox.name))
    case 'INTERNALDATE':
      return known(entry, () => `"${writeDateTime(entry.internalDate)}"`)
    case 'SAVEDATE':
    case 'X-SAVEDATE':
      // A mbox does not keep when a message was saved.
      if (account.store.format === 'mbox') return 'NIL'
      return known(entry, () => `"${writeDateTime(entry.savedDate)}"`)
    case 'RFC822.SIZE':
      return known(entry, () => String(entry.size))
    default:
      throw new Error(`${name} is not known without reading`)
  }
}

/** A message that went before anybody looked at its file has no size. */
function known(entry: MessageEntry, write: () => string): string {
  return isLooked(entry) ? write() : 'NIL'
}

export async function fetchMessage(
  items: readonly FetchItem[],
  message: Numbered,
  account: Account,
): Promise<Fetched> {
  const { entry, number } = message
  const source = new Source(account, entry)
  const chunks: Chunk[] = [`* ${number} FETCH (`]
  let first = true
  for (const item of items) {
    const written = await writeItem(item, source, account, entry)
    if (typeof written === 'string') {
      return { chunks: [`* ${number} FETCH (UID ${entry.uid})\r\n`], outcome: written }
    }
    chunks.push(`${first ? '' : ' '}${labelOf(item)} `, ...written)
    first = false
  }
  chunks.push(')\r\n')
  return { chunks, outcome: source.gone ? 'expunged' : 'whole' }
}

/** The message, read once, and no more of it than is needed. */
class Source {
  gone = false
  readonly #account: Account
  readonly #entry: MessageEntry
  #fields: readonly HeaderLine[] | null = null
  #content: Uint8Array | null = null
  #tree: MimePart | null = null

  constructor(account: Account, entry: MessageEntry) {
    this.#account = account
    this.#entry = entry
  }

  async fields(): Promise<readonly HeaderLine[] | null> {
    if (this.#tree !== null) return this.#tree.fields
    this.#fields ??= await readFields(this.#account.view.mailbox, this.#entry.uid)
    if (this.#fields === null) this.gone = true
    return this.#fields
  }

  async whole(): Promise<{ content: Uint8Array; tree: MimePart } | null> {
    this.#content ??= await readContent(this.#account.view.mailbox, this.#entry.uid)
    if (this.#content === null) {
      this.gone = true
      return null
    }
    this.#tree ??= readMimeTree(this.#content)
    return { content: this.#content, tree: this.#tree }
  }
}

const holdsBody = ({ section }: SectionItem): boolean => !/^(?:header|fields)/.test(section.what)

async function writeItem(
  item: FetchItem,
  source: Source,
  account: Account,
  entry: MessageEntry,
): Promise<readonly Chunk[] | Unreadable> {
  if (item.kind === 'section') {
    const written = await writeSection(item, source)
    const content = typeof written === 'string' ? undefined : written[1]
    if (content !== undefined && item.form !== 'binary-size')
      account.counts.fetched(holdsBody(item) ? 'body' : 'header', content.length)
    return written
  }
  if (item.kind === 'preview') return [await writePreview(item, source, account, entry)]
  switch (item.name) {
    case 'ENVELOPE': {
      const fields = await source.fields()
      return [writeEnvelope(fields ?? [])]
    }
    case 'BODY':
    case 'BODYSTRUCTURE': {
      const whole = await source.whole()
      return [whole === null ? 'NIL' : writeStructure(whole.tree, whole.content, item.name)]
    }
    default:
      return [plainValue(item.name, entry, account)]
  }
}

async function writePreview(
  { when, form }: PreviewItem,
  source: Source,
  account: Account,
  entry: MessageEntry,
): Promise<string> {
  const { shared } = account.parts
  const mailbox = account.view.mailbox.name
  const whole =
    when === 'lazy' && !shared.hasPreview(account.store, mailbox, entry.uid) ? null : await source.whole()
  if (whole !== null) shared.keepPreview(account.store, mailbox, entry.uid)
  const text = whole === null ? 'NIL' : quoted(previewOf(whole.content, whole.tree))
  return form === 'fuzzy' ? `(FUZZY ${text})` : text
}

async function writeSection(item: SectionItem, source: Source): Promise<readonly Chunk[] | Unreadable> {
  const { section, partial, form } = item
  if (
    form === 'text' &&
    section.path.length === 0 &&
    (section.what === 'fields' || section.what === 'fields-not')
  ) {
    const fields = await source.fields()
    return fields === null
      ? ['NIL']
      : asLiteral(withoutNul(chosenFields(fields, section.what, section.names)), partial)
  }
  const whole = await source.whole()
  if (whole === null) return ['NIL']
  if (form === 'text') return asLiteral(withoutNul(cutSection(whole.content, whole.tree, section)), partial)
  const decoded = decodedSection(whole.content, whole.tree, section)
  if (decoded.kind !== 'bytes') return decoded.kind
  if (form === 'binary-size') return [String(decoded.size)]
  return asLiteral(decoded.bytes, partial, decoded.how === 'binary' ? '~' : '')
}

/** A literal has no NUL; Dovecot puts another byte in its place. RFC 3501 §4.3. */
const withoutNul = (bytes: Uint8Array): Uint8Array =>
  bytes.includes(0) ? bytes.map((byte) => (byte === 0 ? 0x80 : byte)) : bytes

function asLiteral(
  bytes: Uint8Array,
  partial: SectionItem['partial'],
  prefix: '' | '~' = '',
): readonly Chunk[] {
  const part = partial === null ? bytes : bytes.subarray(partial.start, partial.start + partial.count)
  return [`${prefix}{${part.length}}\r\n`, part]
}
