/**
 * VRFY asks whether there is such a mailbox, without sending anything.
 *
 * RFC 5321 §3.5, §4.1.1.6; SMTPUTF8: RFC 6531 §3.7.4.2.
 */
import { internalForm } from '#protocol/address/address.ts'
import type { ForwardPath } from '#protocol/address/address.ts'
import { readForwardPath } from '#protocol/address/path.ts'
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { reply } from '../reply.ts'
import { joined } from '../words.ts'

export type Vrfy = {
  readonly verb: 'VRFY'
  readonly forwardPath: ForwardPath
  /** As it was typed: the answer repeats it. */
  readonly words: string
}

const rfc = 'RFC 5321 §4.1.1.6'
const bad = reply(501, '5.1.3', 'Bad recipient address syntax', rfc)

export const vrfy: Grammar<Vrfy> = {
  verb: 'VRFY',
  syntax: 'VRFY address [SMTPUTF8]',
  rfc,

  parse(typed, limits) {
    const { smtputf8 } = limits
    const asked = smtputf8 === 'yes' && typed.at(-1)?.text.toUpperCase() === 'SMTPUTF8'
    const words = asked ? typed.slice(0, -1) : typed
    if (words.length === 0) {
      const option = smtputf8 === 'yes' ? ' [SMTPUTF8]' : ''
      return refused(reply(501, '5.5.4', `Syntax: VRFY address${option}`, rfc))
    }
    const text = joined(words)
    // Strictness is for envelopes: VRFY takes what a person types.
    const read = readForwardPath(text, { ...limits, strictEnvelopes: 'no', smtputf8: asked ? 'yes' : 'no' })
    if (!read.ok) return refused(bad, text)
    const address = { internal: internalForm(read.path), typed: text, bad }
    return accepted({ verb: 'VRFY', forwardPath: read.path, words: text }, address)
  },

  format: ({ words }) => `VRFY ${words}`,
}
