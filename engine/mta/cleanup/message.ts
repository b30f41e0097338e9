/**
 * The content of a message on its way into the queue: header fields checked, rewritten and completed; body lines
 * checked where tables ask for it, else copied as they came.
 *
 * cleanup(8); RFC 5322 §3.6.
 */
import { compactDate, mailDate } from '#protocol/message/date.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { HeaderField } from '#protocol/message/header.ts'
import { headerEnd, headerNameLength, headerValue, readFields } from '#protocol/message/header.ts'
import { contentType, isMimeField, walkMime } from '#protocol/message/mime-walk.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { CheckClass, CheckLog, Checks, Decisions } from '../content/content-checks.ts'
import { check } from '../content/content-checks.ts'
import type { AddressRewriting } from '../content/header-rewriting.ts'
import { rewriteField } from '../content/header-rewriting.ts'
import { bytesAsText, textAsBytes, toBytes } from '../content/text.ts'

export type MessageSettings = {
  readonly headerSizeLimit: number
  readonly hopcountLimit: number
  readonly bodyChecksSizeLimit: number
  readonly mimeNestingLimit: number
  readonly mimeBoundaryLimit: number
  readonly readsMime: boolean
  readonly dropHeaders: ReadonlySet<string>
  readonly undisclosed: string
  readonly addsMissingHeaders: boolean
  readonly hostname: string
  readonly longQueueIds: boolean
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
}

export async function cleanMessage(input: {
  readonly message: MessageInput
  readonly settings: MessageSettings
  readonly checks: Checks
  /** Null: addresses stay as they came. */
  readonly rewriting: AddressRewriting | null
  readonly decisions: Decisions
  readonly log: CheckLog
}): Promise<CleanedMessage> {
  const { message, settings, checks, rewriting, decisions, log } = input
  const { content, line } = withoutFromLine({
    ...message,
    content: withoutStrayReturns(message.content, settings),
  })
  const end = headerEnd(content)
  const given = message.trace + line + bytesAsText(content.subarray(0, end))

  const written: string[] = []
  const seen = new Map<string, HeaderField>()
  let received = 0
  for (const field of readFields(given, settings.headerSizeLimit)) {
    const text = filterCharacters(colonAtName(field.text), settings, decisions, log)
    const checkClass = isMimeField(text) ? 'mime_header_checks' : 'header_checks'
    const checked = await check(text, checkClass, checks[checkClass], decisions, log)
    for (const before of checked.before) written.push(before)
    if (checked.text === null) continue
    const next = checked.text === field.text ? field : fieldOf(checked.text)
    const name = next.name.toLowerCase()
    if (name === 'received' && ++received > settings.hopcountLimit) {
      log.warn('message rejected: hopcount exceeded')
      decisions.refused ??= {
        reply: reply(554, '5.4.0', 'Error: too many hops', 'RFC 5321 §6.3'),
        trouble: 'bounce',
      }
    }
    seen.set(name, next)
    if (settings.dropHeaders.has(name)) continue
    written.push(rewriting === null ? next.text : await rewriteField(next, rewriting))
  }

  const resent = [...seen.keys()].some((name) => name.startsWith('resent-')) ? 'Resent-' : ''
  const missing = missingFields(message, settings, seen, resent)
  const body = await cleanBody(content.subarray(end), seen, input)
  const header = [...written, ...missing.fields].map((text) => `${text}\n`).join('')
  const separator = body.length > 0 && body[0] !== 0x0a ? '\n' : ''
  const existing = seen.get('message-id')
  return {
    content: Buffer.concat([textAsBytes(header + separator), body]),
    messageId: existing ? headerValue(existing) : resent === '' ? missing.messageId : '',
    resentMessageId: resent === '' || seen.has('resent-message-id') ? null : missing.messageId,
    subject: seen.has('subject') ? headerValue(seen.get('subject') ?? fieldOf('')) : '',
  }
}

function withoutStrayReturns(content: Uint8Array, { strayCarriageReturns }: MessageSettings): Uint8Array {
  if (strayCarriageReturns === 'stay' || !content.includes(0x0d)) return content
  return content.map((byte) => (byte === 0x0d ? 0x20 : byte))
}

/** `Subject : x` is kept as `Subject: x`. RFC 5322 §4.5 */
const colonAtName = (text: string): string => {
  const name = headerNameLength(text)
  return text.charAt(name) === ':' ? text : text.slice(0, name) + text.slice(text.indexOf(':', name))
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

/** What a message must have, and a client of our own may leave out. RFC 6409 §8. */
function missingFields(
  message: MessageInput,
  settings: MessageSettings,
  seen: ReadonlyMap<string, HeaderField>,
  resent: string,
): { readonly fields: readonly string[]; readonly messageId: string } {
  const fields: string[] = []
  const lacks = (name: string) => !seen.has((resent + name).toLowerCase())
  let messageId = ''
  if (settings.addsMissingHeaders) {
    if (lacks('message-id')) {
      const unique = settings.longQueueIds
        ? message.queueId
        : `${compactDate(message.arrivedAt)}.${message.queueId}`
      messageId = `<${unique}@${settings.hostname}>`
      fields.push(`${resent}Message-Id: ${messageId}`)
    }
    if (lacks('date')) fields.push(`${resent}Date: ${mailDate(message.arrivedAt)}`)
    if (lacks('from')) fields.push(`${resent}From: ${fromValue(message)}`)
  }
  const visible = ['to', 'cc', 'resent-to', 'resent-cc'].some((name) => seen.has(name))
  if (!visible && settings.undisclosed !== '' && headerNameLength(settings.undisclosed) > 0) {
    fields.push(toBytes(settings.undisclosed))
  }
  return { fields, messageId }
}

function fromValue({ sender, fullName }: MessageInput): string {
  const address = quoteAddress(sender === '' ? 'MAILER-DAEMON' : sender)
  if (fullName === '') return toBytes(address)
  const name = /^[\w !#$%&'*+/=?^`{|}~-]+$/.test(fullName)
    ? fullName
    : `"${fullName.replace(/[\\"]/g, '\\$&')}"`
  return toBytes(`${name} <${address}>`)
}

async function cleanBody(
  body: Uint8Array,
  seen: ReadonlyMap<string, HeaderField>,
  { settings, checks, decisions, log }: Parameters<typeof cleanMessage>[0],
): Promise<Uint8Array> {
  const filtered = settings.stripCharacters.size > 0 || settings.rejectCharacters.size > 0
  const { mime_header_checks, nested_header_checks, body_checks } = checks
  const checked = [mime_header_checks, nested_header_checks, body_checks].some(({ length }) => length > 0)
  if (!filtered && !checked) return body
  if (body.length === 0) return body

  const text = bytesAsText(body)
  const ended = text.endsWith('\n')
  const lines = (ended ? text.slice(0, -1) : text).split('\n')
  const type = seen.get('content-type')
  const items = walkMime(lines, settings.readsMime && type ? (contentType(type.text) ?? '') : '', {
    headerSize: settings.headerSizeLimit,
    nesting: settings.mimeNestingLimit,
    boundaryLength: settings.mimeBoundaryLimit,
  })
  const written: string[] = []
  let looked = 0
  for (const item of items) {
    const line = filterCharacters(item.text, settings, decisions, log)
    let checkClass: CheckClass = 'body_checks'
    if (item.kind === 'field') {
      checkClass = isMimeField(line)
        ? 'mime_header_checks'
        : item.where === 'nested'
          ? 'nested_header_checks'
          : 'mime_header_checks'
    } else if (looked > settings.bodyChecksSizeLimit || line === '') {
      written.push(line)
      continue
    } else {
      looked += line.length
    }
    const { before, text: kept } = await check(line, checkClass, checks[checkClass], decisions, log)
    written.push(...before)
    if (kept !== null) written.push(kept)
    if (decisions.refused !== null) return body
  }
  return textAsBytes(written.join('\n') + (ended ? '\n' : ''))
}

/** message_reject_characters, then message_strip_characters. */
function filterCharacters(
  text: string,
  settings: MessageSettings,
  decisions: Decisions,
  log: CheckLog,
): string {
  const { rejectCharacters, stripCharacters } = settings
  if (rejectCharacters.size > 0 && decisions.refused === null && hasAny(text, rejectCharacters)) {
    const refusal: Reply = reply(550, '5.7.1', 'disallowed character')
    decisions.refused = { reply: refusal, trouble: 'policy' }
    decisions.finished = true
    log.act('reject', 'content', text, '5.7.1 disallowed character')
  }
  if (stripCharacters.size === 0 || !hasAny(text, stripCharacters)) return text
  return Array.from(text, (c) => (stripCharacters.has(c) ? '' : c)).join('')
}

function hasAny(text: string, characters: ReadonlySet<string>): boolean {
  for (const c of text) if (characters.has(c)) return true
  return false
}
