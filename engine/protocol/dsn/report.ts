/**
 * A delivery status notification: a multipart/report of a text for people, a part for programs, and the message.
 *
 * RFC 3462, RFC 3464. The texts are those of Postfix's bounce(5) templates.
 */
import { mailDate } from '#protocol/message/date.ts'
import { wrapLine } from '#protocol/message/wrap.ts'

export type ReportedRecipient = {
  /** As it was delivered to, quoted for a header. */
  readonly address: string
  /** Before any expansion. */
  readonly original: string
  readonly orcpt: string | null
  readonly action:
    'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'deliverable' | 'undeliverable'
  readonly status: string
  readonly remoteMta: string | null
  readonly diagnosticType: string
  readonly diagnostic: string
  /** For people: `host mx.example.org[…] said: 550 …`. */
  readonly reason: string
}

export type Template = {
  readonly charset: string
  readonly from: string
  readonly subject: string
  readonly postmasterSubject: string
  readonly text: readonly string[]
}

export type ReportInput = {
  readonly hostname: string
  readonly mailName: string
  readonly boundary: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly autoSubmitted: 'auto-replied' | 'auto-generated'
  readonly date: number
  readonly text: readonly string[]
  readonly recipients: readonly ReportedRecipient[]
  readonly envid: string | null
  readonly queueId: string
  /** Of the message that is reported on; quoted. */
  readonly sender: string
  readonly arrivedAt: number
  /** Until when delivery is tried: a delay report says so. */
  readonly retryUntil: number | null
  readonly smtputf8: boolean
  readonly returned: {
    readonly description: string
    readonly part: 'message' | 'header'
    readonly returnPath: string
  }
}

/** The report up to the place where the returned message or header goes, and what follows it. LF line ends. */
export function writeReport(input: ReportInput): { readonly head: string; readonly tail: string } {
  const separator = `--${input.boundary}`
  const prefix = input.smtputf8 ? 'message/global' : 'message/'
  // RFC 6533 §3: what is ASCII keeps its old type.
  const addressType = (address: string) =>
    input.smtputf8 && /[^\u0000-\u007f]/.test(address) ? 'utf-8' : 'rfc822'
  const head = [
    `Date: ${mailDate(input.date)}`,
    `From: ${input.from}`,
    `Subject: ${input.subject}`,
    `To: ${input.to}`,
    `Auto-Submitted: ${input.autoSubmitted}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary="${input.boundary}"`,
    'Content-Transfer-Encoding: 8bit',
    '',
    'This is a MIME-encapsulated message.',
    '',
    separator,
    'Content-Description: Notification',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...input.text,
    '',
    ...input.recipients.flatMap(forPeople),
    separator,
    'Content-Description: Delivery report',
    `Content-Type: ${input.smtputf8 ? 'message/global-delivery-status' : 'message/delivery-status'}`,
    ...(input.smtputf8 ? ['Content-Transfer-Encoding: 8bit'] : []),
    '',
    `Reporting-MTA: dns; ${input.hostname}`,
    ...(input.envid === null ? [] : [`Original-Envelope-Id: ${input.envid}`]),
    `X-${input.mailName}-Queue-ID: ${input.queueId}`,
    `X-${input.mailName}-Sender: ${addressType(input.sender)}; ${input.sender}`,
    `Arrival-Date: ${mailDate(input.arrivedAt)}`,
    '',
    ...input.recipients.flatMap((recipient) => forPrograms(recipient, addressType, input.retryUntil)),
    separator,
    `Content-Description: ${input.returned.description}`,
    `Content-Type: ${input.returned.part === 'message' ? (input.smtputf8 ? prefix : `${prefix}rfc822`) : input.smtputf8 ? 'message/global-headers' : 'text/rfc822-headers'}`,
    'Content-Transfer-Encoding: 8bit',
    '',
    `Return-Path: <${input.returned.returnPath}>`,
    '',
  ].join('\n')
  return { head, tail: `\n${separator}--\n` }
}

function forPeople(recipient: ReportedRecipient): readonly string[] {
  const expanded =
    recipient.original !== '' && recipient.original.toLowerCase() !== recipient.address.toLowerCase()
      ? ` (expanded from <${recipient.original}>)`
      : ''
  return [...wrap(`<${recipient.address}>${expanded}: ${recipient.reason}`), '']
}

function forPrograms(
  recipient: ReportedRecipient,
  addressType: (address: string) => string,
  retryUntil: number | null,
): readonly string[] {
  const original =
    recipient.orcpt ??
    (recipient.original === '' ? null : `${addressType(recipient.original)};${recipient.original}`)
  return [
    `Final-Recipient: ${addressType(recipient.address)}; ${recipient.address}`,
    ...(original === null ? [] : [`Original-Recipient: ${original}`]),
    `Action: ${recipient.action}`,
    `Status: ${recipient.status}`,
    ...(recipient.remoteMta === null ? [] : [`Remote-MTA: dns; ${recipient.remoteMta}`]),
    ...wrap(`Diagnostic-Code: ${recipient.diagnosticType}; ${recipient.diagnostic}`),
    ...(recipient.action === 'delayed' && retryUntil !== null
      ? [`Will-Retry-Until: ${mailDate(retryUntil)}`]
      : []),
    '',
  ]
}

/** Folded to lines of at most 79 characters, the later ones indented by four. */
export const wrap = (text: string): readonly string[] => wrapLine(text.replace(/\n/g, ' ').trim(), 79, 4)
