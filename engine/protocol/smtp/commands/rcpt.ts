/**
 * RCPT names one recipient of the transaction that MAIL opened. Each is answered by itself.
 *
 * RFC 5321 §4.1.1.3; NOTIFY and ORCPT: RFC 3461 §4.1, §4.2.
 * Next: engine/mta/smtpd/session.ts
 */
import { internalForm, writePath } from '#protocol/address/address.ts'
import type { ForwardPath } from '#protocol/address/address.ts'
import { readForwardPath } from '#protocol/address/path.ts'
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { readRcptParameters, writeRcptParameters } from '../parameters.ts'
import type { RcptParameters } from '../parameters.ts'
import { reply } from '../reply.ts'

export type Rcpt = {
  readonly verb: 'RCPT'
  readonly forwardPath: ForwardPath
  readonly parameters: RcptParameters
  /** The path as the client typed it, without its brackets: what reports call the original recipient. */
  readonly typed: string
}

const rfc = 'RFC 5321 §4.1.1.3'
const badRecipient = reply(501, '5.1.3', 'Bad recipient address syntax', 'RFC 5321 §4.1.2')

export const rcpt: Grammar<Rcpt> = {
  verb: 'RCPT',
  syntax: 'RCPT TO:<forward-path> [SP parameters]',
  rfc,

  parse([to, address, ...rest], limits) {
    if (to?.text.toUpperCase() !== 'TO:' || address === undefined) {
      return refused(reply(501, '5.5.4', 'Syntax: RCPT TO:<address>', rfc))
    }
    if (address.broken === 'yes') return refused(badRecipient)
    const read = readForwardPath(address.text, limits)
    if (!read.ok) return refused(badRecipient, address.text)

    const recipient = { internal: internalForm(read.path), typed: address.text, bad: badRecipient }
    const parameters = readRcptParameters(rest, limits)
    if (!parameters.ok) return { ...refused(parameters.reply), address: recipient }
    const command = {
      verb: 'RCPT',
      forwardPath: read.path,
      parameters: parameters.parameters,
      typed: withoutBrackets(address.text),
    } as const
    return accepted(command, recipient)
  },

  format: ({ forwardPath, parameters }) =>
    `RCPT TO:${writePath(forwardPath)}${writeRcptParameters(parameters)}`,
}

const withoutBrackets = (text: string): string =>
  text.startsWith('<') ? text.slice(1, text.endsWith('>') ? -1 : undefined) : text
