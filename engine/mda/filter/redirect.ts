/** A letter sent on to another address, marked so that it is not sent in a circle. RFC 5228 §4.2, §10. */
import { concat, latin1 } from '#protocol/bytes/text.ts'
import { toCrlf } from '#protocol/bytes/lines.ts'
import { firstValue, headerText, type LetterHeader } from './headers.ts'
import { messageId, pigeonhole, postmaster, type OutgoingWorld } from './outgoing.ts'

const redirectedFrom = 'X-Sieve-Redirected-From'

/** Whether this letter was sent on by this very user before. */
export const isLoop = (header: LetterHeader, recipient: string): boolean =>
  header.lines.some(
    ({ name, raw }) =>
      name.toLowerCase() === redirectedFrom.toLowerCase() &&
      raw
        .slice(raw.indexOf(':') + 1)
        .trim()
        .toLowerCase() === recipient.toLowerCase(),
  )

/** sieve_redirect_envelope_from: to whom a report of failure goes. The null reverse-path stays what it is. */
export function redirectSender(world: OutgoingWorld): string {
  const { sender, recipient, originalRecipient, settings } = world.delivery
  if (sender === '') return sender
  const wanted = settings.plugin('sieve_redirect_envelope_from') ?? 'sender'
  switch (wanted) {
    case 'recipient':
      return recipient
    case 'orig_recipient':
      return originalRecipient
    case 'user_email':
      return settings.plugin('sieve_user_email') ?? recipient
    case 'postmaster':
      return postmaster(world).address
    default:
      return /^<([^<>]*)>$/.exec(wanted)?.[1] ?? sender
  }
}

/** Without the Return-Path that this server put above it. */
export function redirectedLetter(
  world: OutgoingWorld,
  header: LetterHeader,
  content: Uint8Array,
): Uint8Array {
  const { delivery } = world
  const marks = [
    `X-Sieve: ${pigeonhole}\n`,
    `${redirectedFrom}: ${delivery.recipient}\n`,
    ...(firstValue(header, 'message-id') === null ? [`Message-ID: ${messageId(world)}\r\n`] : []),
  ]
  const lines = header.lines.filter(({ name }) => name.toLowerCase() !== 'return-path')
  return concat([latin1(marks.join('') + headerText(lines)), toCrlf(content.subarray(header.bodyStart))])
}
