/**
 * The content of a message on its way into the queue: header fields checked, rewritten and completed; body lines
 * checked where tables ask for it, else copied as they came. After the first refusal nothing more is read.
 *
 * cleanup(8); RFC 5322 §3.6.
 */
import type { HeaderField } from '#protocol/message/header.ts'
import { headerEnd, headerNameLength, headerValue } from '#protocol/message/header.ts'
import { isMimeField } from '#protocol/message/mime-fields.ts'
import { MimeWalk, type MimeError, type MimeItem, type MimeOptions } from '#protocol/message/mime-walk.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { CheckClass, CheckLog, Checks, Decisions } from '../content/content-checks.ts'
import { check } from '../content/content-checks.ts'
import type { AddressRewriting } from '../content/header-rewriting.ts'
import { isKnownField, rewriteField } from '../content/header-rewriting.ts'
import { bytesAsText, textAsBytes, toBytes } from '../content/text.ts'
import { missingFields, type MissingSettings } from './missing-fields.ts'
import { pieces, type Piece } from './pieces.ts'

export type MessageSettings = MissingSettings & {
  readonly mime: MimeOptions
  readonly lineLengthLimit: number
  readonly hopcountLimit: number
  readonly bodyChecksSizeLimit: number
  readonly dropHeaders: ReadonlySet<string>
  /** cleanup_replace_stray_cr_lf: a CR that ends no line could end one for a less careful server. */
  readonly strayCarriageReturns: 'become spaces' | 'stay'
  readonly stripCharacters: ReadonlySet<string>
  readonly rejectCharacters: ReadonlySet<string>
}

export type MessageInput = {
  readonly queueId: string
  /** Header lines of the receiving daemon, above the message. */
  readonly trace: string
  readonly content: Uint8Array
  readonly sender: string
  readonly fullName: string
  readonly arrivedAt: number
  /** What to do with a `From ` line on top: a mailbox was sent as a message. */
  readonly fromLine: 'keep as a field' | 'drop'
}

export type CleanedMessage = {
  readonly content: Uint8Array
  /** With its angle brackets; '' when there is none. */
  readonly messageId: string
  readonly subject: string
  readonly resentMessageId: string | null
  /** Content-Transfer-Encoding of the message, or of a part, says so; the client may have said nothing. */
  readonly eightBit: boolean
}

export type CleanInput = {
  readonly message: MessageInput
  readonly settings: MessageSettings
  readonly checks: Checks
  /** Null: addresses stay as they came. */
  readonly rewriting: AddressRewriting | null
  readonly decisions: Decisions
  readonly log: CheckLog
  /** `read on`: mail that nobody waits for goes back to its sender, whole. */
  readonly afterRefusal: 'stop' | 'read on'
}

export async function cleanMessage(input: CleanInput): Promise<CleanedMessage> {
  const { message, settings } = input
  const { content, line } = withoutFromLine({
    ...message,
    content: withoutStrayReturns(message.content, settings),
  })
  const end = headerEnd(content)
  const header = toBytes(message.trace) + line + bytesAsText(content.subarray(0, end))
  const body = content.subarray(end)

  const cleaner = new Cleaner(input)
  await cleaner.lines(pieces(header, settings.lineLengthLimit))
  const looks = looksAtBody(input) || (isComposite.test(header) && saysEightBit(body))
  if (!cleaner.isOver && looks) {
    await cleaner.lines(pieces(bytesAsText(body), settings.lineLengthLimit))
  }
  if (!cleaner.isOver) await cleaner.finish()
  return cleaner.cleaned(looks ? null : body)
}

/** A message of parts, in whose headers there may be something to know. */
const isComposite = /^content-type:\s*(?:multipart|message)\//im
const saysEightBit = (body: Uint8Array): boolean =>
  /^content-transfer-encoding:\s*(?:8bit|binary)$/im.test(bytesAsText(body))

const looksAtBody = ({ settings, checks }: CleanInput): boolean =>
  settings.stripCharacters.size > 0 ||
  settings.rejectCharacters.size > 0 ||
  settings.mime.reported.size > 0 ||
  Object.entries(checks).some(([name, tables]) => name !== 'header_checks' && tables.length > 0)

class Cleaner {
  readonly #input: CleanInput
  readonly #walk: MimeWalk
  readonly #written: string[] = []
  readonly #seen = new Map<string, HeaderField>()
  #resent: '' | 'Resent-' = ''
  #received = 0
  #looked = 0
  #eightBit = false
  #generatedId = ''

  constructor(input: CleanInput) {
    this.#input = input
    this.#walk = new MimeWalk(input.settings.mime)
  }

  async lines(lines: Iterable<Piece>): Promise<void> {
    for (const { text, end } of lines) {
      const harmless = this.#filterCharacters(text)
      if (this.#ends()) return
      for (const item of this.#walk.read(harmless, end)) await this.#item(item)
      if (this.#ends()) return
    }
  }

  /** Whether nothing more is read. */
  get isOver(): boolean {
    return this.#input.decisions.refused !== null && this.#input.afterRefusal === 'stop'
  }

  #ends(): boolean {
    return this.isOver
  }

  async finish(): Promise<void> {
    for (const item of this.#walk.finish()) await this.#item(item)
  }

  /** `body`: what follows the header and was not looked at. */
  cleaned(body: Uint8Array | null): CleanedMessage {
    const separator = body !== null && body.length > 0 && body[0] !== 0x0a ? '\n' : ''
    const text = textAsBytes(this.#written.join('') + separator)
    const id = this.#seen.get('message-id')
    const subject = this.#seen.get('subject')
    const resentId = this.#seen.get('resent-message-id')
    return {
      content: body === null ? text : Buffer.concat([text, body]),
      eightBit: this.#eightBit,
      messageId: id ? headerValue(id) : this.#resent === '' ? this.#generatedId : '',
      resentMessageId: resentId ? headerValue(resentId) : this.#resent === '' ? null : this.#generatedId,
      subject: subject ? headerValue(subject) : '',
    }
  }

  async #item(item: MimeItem): Promise<void> {
    switch (item.kind) {
      case 'field':
        return this.#field(item)
      case 'header-end':
        this.#complete()
        return
      case 'line':
        return this.#line(item)
      case 'error': {
        const { text, setting } = mimeErrors[item.error]
        const { log, decisions, settings } = this.#input
        const value = item.error === 'nesting' ? settings.mime.nesting : 'yes'
        log.mimeError(text, item.text)
        decisions.refused ??= { reply: because(reply(550, '5.6.0', text), setting, value), trouble: 'policy' }
        return
      }
      default:
        item satisfies never
    }
  }

  async #field({ where, text }: MimeItem & { kind: 'field' }): Promise<void> {
    // Each part begins anew: body_checks_size_limit is of one part.
    this.#looked = 0
    const place = isMimeField(text) ? 'part' : where
    const checked = await this.#check(text, classes[place])
    if (checked === null) return
    this.#eightBit ||= /^content-transfer-encoding:\s*(?:8bit|binary)$/i.test(checked)
    const field = fieldOf(checked)
    if (place === 'primary') await this.#primary(field)
    else this.#write(field.text)
  }

  /** A field of the message itself: counted, remembered, its addresses rewritten. */
  async #primary(field: HeaderField): Promise<void> {
    const { settings, rewriting, decisions, log } = this.#input
    const name = field.name.toLowerCase()
    if (isKnownField(name)) {
      this.#seen.set(name, field)
      if (name.startsWith('resent-')) this.#resent = 'Resent-'
    }
    if (name === 'received' && ++this.#received >= settings.hopcountLimit) {
      log.warn('message rejected: hopcount exceeded')
      decisions.refused ??= {
        reply: because(
          reply(554, '5.4.0', 'Error: too many hops', 'RFC 5321 §6.3'),
          'hopcount_limit',
          settings.hopcountLimit,
        ),
        trouble: 'bounce',
      }
      return
    }
    if (settings.dropHeaders.has(name)) return
    this.#write(rewriting === null ? field.text : await rewriteField(field, rewriting))
  }

  /** The header ends: what it must have, and has not, is added. */
  #complete(): void {
    const { message, settings } = this.#input
    const missing = missingFields(message, settings, this.#seen, this.#resent)
    this.#generatedId = missing.messageId
    for (const text of missing.fields) this.#write(text)
  }

  async #line({ text, end }: MimeItem & { kind: 'line' }): Promise<void> {
    const ending = end === 'line ends' ? '\n' : ''
    const limit = this.#input.settings.bodyChecksSizeLimit
    if (text === '' || (limit > 0 && this.#looked >= limit)) {
      this.#written.push(text + ending)
      return
    }
    this.#looked += text.length
    const checked = await this.#check(text, 'body_checks')
    if (checked !== null) this.#written.push(checked + ending)
  }

  /** Null when the field or line is to be dropped. */
  async #check(text: string, checkClass: CheckClass): Promise<string | null> {
    const { checks, decisions, log } = this.#input
    const checked = await check(text, checkClass, checks[checkClass], decisions, log)
    for (const before of checked.before) {
      if (checkClass === 'body_checks') this.#written.push(`${before}\n`)
      else this.#write(before)
    }
    return checked.text
  }

  #write(field: string): void {
    this.#written.push(`${withinLimit(field, this.#input.settings.mime.headerSize)}\n`)
  }

  /** message_reject_characters, then message_strip_characters. */
  #filterCharacters(text: string): string {
    const { settings, decisions, log } = this.#input
    const { rejectCharacters, stripCharacters } = settings
    if (decisions.finished) return text
    if (rejectCharacters.size > 0 && hasAny(text, rejectCharacters)) {
      const refusal = because(
        reply(550, '5.7.1', 'disallowed character'),
        'message_reject_characters',
        [...rejectCharacters].map((c) => JSON.stringify(c).slice(1, -1)).join(''),
      )
      decisions.refused ??= { reply: refusal, trouble: 'policy' }
      decisions.finished = true
      log.act('reject', 'content', text, '5.7.1 disallowed character')
      return text
    }
    if (stripCharacters.size === 0 || !hasAny(text, stripCharacters)) return text
    return Array.from(text, (c) => (stripCharacters.has(c) ? '' : c)).join('')
  }
}

const classes = {
  primary: 'header_checks',
  part: 'mime_header_checks',
  nested: 'nested_header_checks',
} as const

/** `setting`: that makes it an error at all; strict_8bitmime stands for two of them. */
const mimeErrors: Readonly<Record<MimeError, { readonly text: string; readonly setting: string }>> = {
  nesting: { text: 'MIME nesting exceeds safety limit', setting: 'mime_nesting_limit' },
  '8bit in header': { text: 'improper use of 8-bit data in message header', setting: 'strict_7bit_headers' },
  '8bit in 7bit body': {
    text: 'improper use of 8-bit data in message body',
    setting: 'strict_8bitmime_body',
  },
  'encoding domain': {
    text: 'invalid message/* or multipart/* encoding domain',
    setting: 'strict_mime_encoding_domain',
  },
}

function withoutStrayReturns(content: Uint8Array, { strayCarriageReturns }: MessageSettings): Uint8Array {
  if (strayCarriageReturns === 'stay' || !content.includes(0x0d)) return content
  return content.map((byte) => (byte === 0x0d ? 0x20 : byte))
}

const fieldOf = (text: string): HeaderField => ({ name: text.slice(0, headerNameLength(text)), text })

function withoutFromLine({ content, fromLine }: MessageInput): {
  readonly content: Uint8Array
  readonly line: string
} {
  let i = 0
  while (content[i] === 0x3e) i++
  const isFrom = bytesAsText(content.subarray(i, i + 5)) === 'From '
  if (!isFrom) return { content, line: '' }
  const end = content.indexOf(0x0a)
  const line = bytesAsText(content.subarray(0, end < 0 ? content.length : end))
  return {
    content: end < 0 ? new Uint8Array() : content.subarray(end + 1),
    line: fromLine === 'drop' ? '' : `X-Mailbox-Line: ${line}\n`,
  }
}

/**
 * A field beyond header_size_limit loses its last lines; when that would cost more than a tenth of what it may have,
 * the line is cut instead.
 */
function withinLimit(field: string, limit: number): string {
  if (field.length <= limit) return field
  const before = field.lastIndexOf('\n', limit)
  return field.slice(0, before + 1 > 0.9 * limit ? before : limit)
}

function hasAny(text: string, characters: ReadonlySet<string>): boolean {
  for (const c of text) if (characters.has(c)) return true
  return false
}
