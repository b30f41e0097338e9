/**
 * A letter that its recipient's script does not take: the sender gets a report with the reason.
 *
 * RFC 5429 §2.2; the report: RFC 8098. In Pigeonhole's form.
 */
import { encodeHeaderText, foldedField } from '#protocol/message/header-encoding.ts'
import { latin1 } from '#protocol/bytes/text.ts'
import { firstDecoded, firstValue, headerText, type LetterHeader } from './headers.ts'
import { crlf, dateNow, hostname, messageId, postmaster, type OutgoingWorld } from './outgoing.ts'

export function rejectionLetter(world: OutgoingWorld, header: LetterHeader, reason: string): Uint8Array {
  const { machine, delivery, serial } = world
  const host = hostname(delivery.settings, machine)
  const boundary = `${serial}/${host}`
  const id = firstValue(header, 'message-id')
  const fields = [
    foldedField('Message-ID', messageId(world)),
    foldedField('Date', dateNow(machine)),
    foldedField('From', postmaster(world).field),
    foldedField('To', `<${delivery.sender}>`),
    foldedField('MIME-Version', '1.0'),
    `Content-Type: multipart/report; report-type=disposition-notification;\r\n\tboundary="${boundary}"\r\n`,
    foldedField('Subject', encodeHeaderText(`Rejected: ${firstDecoded(header, 'subject') ?? ''}`)),
    foldedField('Auto-Submitted', 'auto-replied (rejected)'),
    foldedField('Precedence', 'bulk'),
  ]
  const explanation = [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Disposition: inline',
    'Content-Transfer-Encoding: 8bit',
    '',
    `Your message to <${delivery.recipient}> was automatically rejected:`,
    crlf(reason),
  ]
  const notification = [
    'Content-Type: message/disposition-notification',
    '',
    `Reporting-UA: ${host}; Dovecot Mail Delivery Agent`,
    ...(delivery.originalRecipient === delivery.recipient
      ? []
      : [`Original-Recipient: rfc822; ${delivery.originalRecipient}`]),
    `Final-Recipient: rfc822; ${delivery.recipient}`,
    ...(id === null ? [] : [`Original-Message-ID: ${id}`]),
    'Disposition: automatic-action/MDN-sent-automatically; deleted',
    '',
  ]
  // There is no content to go with its type.
  const shown = header.lines.filter(({ name }) => name.toLowerCase() !== 'content-type')
  const original = ['Content-Type: message/rfc822', '', headerText(shown)]
  const body = [
    'This is a MIME-encapsulated message',
    '',
    `--${boundary}`,
    ...explanation,
    `--${boundary}`,
    ...notification,
    `--${boundary}`,
    ...original,
    '',
    `--${boundary}--`,
  ]
  return latin1(`${fields.join('')}\r\n${body.join('\r\n')}\r\n`)
}
