/**
 * MAIL opens a transaction and names the reverse-path: where a report about this letter goes. `<>` is nobody.
 *
 * RFC 5321 §4.1.1.2, §3.3; parameters: see parameters.ts.
 */
import { internalForm, writePath } from '#protocol/address/address.ts'
import type { ReversePath } from '#protocol/address/address.ts'
import { readReversePath } from '#protocol/address/path.ts'
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { asksForSmtputf8, readMailParameters, writeMailParameters } from '../parameters.ts'
import type { MailParameters } from '../parameters.ts'
import { reply } from '../reply.ts'

export type Mail = {
  readonly verb: 'MAIL'
  readonly reversePath: ReversePath
  readonly parameters: MailParameters
}

const rfc = 'RFC 5321 §4.1.1.2'
const badSender = reply(501, '5.1.7', 'Bad sender address syntax', 'RFC 5321 §4.1.2')

export const mail: Grammar<Mail> = {
  verb: 'MAIL',
  syntax: 'MAIL FROM:<reverse-path> [SP parameters]',
  rfc,

  parse([from, address, ...rest], limits) {
    if (from?.text.toUpperCase() !== 'FROM:' || address === undefined) {
      return refused(reply(501, '5.5.4', 'Syntax: MAIL FROM:<address>', rfc))
    }
    if (address.broken === 'yes') return refused(badSender)
    // The parameter comes last, but decides which letters the address may have.
    const smtputf8 = limits.smtputf8 === 'yes' && asksForSmtputf8(rest) ? 'yes' : 'no'
    const read = readReversePath(address.text, { ...limits, smtputf8 })
    if (!read.ok) return refused(badSender, address.text)

    const sender = { internal: internalForm(read.path), typed: address.text, bad: badSender }
    const parameters = readMailParameters(rest, limits)
    if (!parameters.ok) return { ...refused(parameters.reply), address: sender }
    if (parameters.parameters.verp !== null && read.path.kind === 'null') {
      return refused(reply(503, '5.5.4', 'Error: XVERP requires non-null sender'))
    }
    return accepted({ verb: 'MAIL', reversePath: read.path, parameters: parameters.parameters }, sender)
  },

  format: ({ reversePath, parameters }) =>
    `MAIL FROM:${writePath(reversePath)}${writeMailParameters(parameters)}`,
}
