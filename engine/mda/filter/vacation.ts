/**
 * The answer of somebody who is away: to a person, who wrote to that somebody, once in so many days.
 *
 * RFC 5230 §4, §5; RFC 3834. In Pigeonhole's form.
 */
import { encodeHeaderText, foldedField } from '#protocol/message/header-encoding.ts'
import { readAddresses } from '#protocol/message/addresses.ts'
import { latin1, latin1Of, textOf, utf8 } from '#protocol/bytes/text.ts'
import { rawValues } from '#protocol/sieve/message.ts'
import type { Action } from '#protocol/sieve/actions.ts'
import { firstDecoded, firstValue, has, type LetterHeader } from './headers.ts'
import { crlf, dateNow, messageId, pigeonhole, type OutgoingWorld } from './outgoing.ts'

type Vacation = Extract<Action, { kind: 'vacation' }>

const listFields = [
  'list-id',
  'list-owner',
  'list-subscribe',
  'list-post',
  'list-unsubscribe',
  'list-help',
  'list-archive',
]
const recipientFields = ['to', 'cc', 'bcc', 'resent-to', 'resent-cc', 'resent-bcc']
const longestSubject = 256

export type VacationDecision =
  | { readonly kind: 'send'; readonly from: string }
  /** As the log says it. */
  | { readonly kind: 'not'; readonly why: string }

/** Whether an answer is due. `own`: the addresses of whoever is away. */
export function decideVacation(
  sender: string,
  own: readonly string[],
  action: Vacation,
  header: LetterHeader,
): VacationDecision {
  const not = (why: string): VacationDecision => ({ kind: 'not', why })
  if (sender === '') return not('discarded vacation reply to <>')
  const addresses = [...own, ...action.addresses]
  if (addresses.some((address) => same(address, sender)))
    return not(`discarded vacation reply to own address <${sender}>`)
  const list = listFields.find((field) => has(header, field))
  if (list !== undefined) return not(`discarding vacation response to mailinglist recipient <${sender}>`)
  const auto = firstValue(header, 'auto-submitted')
  if (auto !== null && !/^no\b/i.test(auto)) {
    return not(`discarding vacation response to auto-submitted message from <${sender}>`)
  }
  const precedence = firstValue(header, 'precedence')?.toLowerCase()
  if (precedence !== undefined && ['junk', 'bulk', 'list'].includes(precedence)) {
    return not(`discarding vacation response to precedence=${precedence} message from <${sender}>`)
  }
  const suppress = firstValue(header, 'x-auto-response-suppress') ?? ''
  const flag = /\b(?:oof|all)\b/i.exec(suppress)?.[0]
  if (flag !== undefined) {
    return not(
      `discarding vacation response to message from <${sender}> (\`${flag}' flag found in x-auto-response-suppress header)`,
    )
  }
  if (isSystem(sender)) return not(`not sending vacation response to system address <${sender}>`)
  const named = recipientFields
    .flatMap((field) => rawValues(header.lines, field))
    .flatMap((value) => readAddresses(value))
    .flatMap(({ mailbox, host }) => (mailbox === null || host === null ? [] : [`${mailbox}@${host}`]))
  const mine = addresses.find((address) => named.some((one) => same(one, address)))
  if (mine === undefined) {
    const more = action.addresses.length === 0 ? ' no' : ''
    return not(
      `discarding vacation response for implicitly delivered message; no known (envelope) recipient address found in message headers (recipient=<${own.at(-1) ?? ''}>, and${more} additional \`:addresses' are specified)`,
    )
  }
  return { kind: 'send', from: mine }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** A program, not a person. */
function isSystem(address: string): boolean {
  const local = address.slice(0, address.lastIndexOf('@')).toLowerCase()
  return /^(?:mailer-daemon|listserv|majordomo)$|^owner-|-request/.test(local)
}

export function vacationLetter(
  world: OutgoingWorld,
  header: LetterHeader,
  action: Vacation,
  from: string,
): Uint8Array {
  const { sender } = world.delivery
  const title = firstDecoded(header, 'subject')
  const subject = action.subject ?? (title === null ? 'Automated reply' : `Auto: ${title}`)
  const id = firstValue(header, 'message-id')
  const references = firstValue(header, 'references')
  const fields = [
    foldedField('X-Sieve', pigeonhole),
    foldedField('Message-ID', messageId(world)),
    foldedField('Date', dateNow(world.machine)),
    foldedField('From', action.from === null ? `<${from}>` : encodeHeaderText(action.from)),
    foldedField('To', encodeHeaderText(senderName(header, sender))),
    foldedField('Subject', encodeHeaderText(shortened(subject))),
    ...(id === null ? [] : [foldedField('In-Reply-To', id)]),
    ...(id === null ? [] : [foldedField('References', references === null ? id : `${references} ${id}`)]),
    foldedField('Auto-Submitted', 'auto-replied (vacation)'),
    foldedField('Precedence', 'bulk'),
    foldedField('X-Auto-Response-Suppress', 'All'),
    foldedField('MIME-Version', '1.0'),
  ]
  if (!action.mime) {
    fields.push(foldedField('Content-Type', 'text/plain; charset=utf-8'))
    fields.push(foldedField('Content-Transfer-Encoding', '8bit'))
    fields.push('\r\n')
  }
  return latin1(`${fields.join('')}${crlf(action.reason)}\r\n`)
}

/** `Petra <petra@…>` as the letter's From has it, when it is from the envelope's sender. */
function senderName(header: LetterHeader, sender: string): string {
  const value = firstDecoded(header, 'from') ?? firstDecoded(header, 'sender')
  const found = value === null ? [] : readAddresses(value)
  const mine = found.find(
    ({ mailbox, host }) => mailbox !== null && host !== null && same(`${mailbox}@${host}`, sender),
  )
  if (mine === undefined || mine.name === null) return `<${sender}>`
  const name = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\xff]*$/.test(mine.name)
    ? mine.name
    : `"${mine.name.replace(/["\\]/g, '\\$&')}"`
  return `${name} <${mine.mailbox ?? ''}@${mine.host ?? ''}>`
}

/** In characters of UTF-8. */
function shortened(subject: string): string {
  const characters = Array.from(textOf(latin1(subject)))
  if (characters.length <= longestSubject) return subject
  return latin1Of(utf8(`${characters.slice(0, longestSubject - 1).join('')}…`))
}
