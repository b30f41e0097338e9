/** strict_smtputf8: an address with other letters than ASCII is for those who said SMTPUTF8. RFC 6531 §3.4. */
import { isAscii } from '#protocol/bytes/text.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { SmtpdSession } from './handler.ts'

export function mustDeclareSmtputf8(
  { settings }: SmtpdSession,
  address: string,
  declared: 'yes' | 'no',
): Reply | null {
  if (!settings.strictSmtputf8 || declared === 'yes' || isAscii(address)) return null
  const words = reply(553, '5.6.7', 'Must declare SMTPUTF8 to send unicode address', 'RFC 6531 §3.5')
  return because(words, 'strict_smtputf8', 'yes')
}
