/**
 * AUTH proves who the client is, by a SASL mechanism, with an initial response if the client likes.
 *
 * RFC 4954 §4.
 */
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { reply } from '../reply.ts'

export type Auth = {
  readonly verb: 'AUTH'
  /** As it was typed. */
  readonly mechanism: string
  /** Base64, `=` for an empty one; null when none came. */
  readonly initial: string | null
}

const rfc = 'RFC 4954 §4'

export const auth: Grammar<Auth> = {
  verb: 'AUTH',
  syntax: 'AUTH mechanism [initial-response]',
  rfc,

  parse([mechanism, initial, ...rest]) {
    if (mechanism === undefined || rest.length > 0) {
      return refused(reply(501, '5.5.4', 'Syntax: AUTH mechanism', rfc))
    }
    return accepted({ verb: 'AUTH', mechanism: mechanism.text, initial: initial?.text ?? null })
  },

  format: ({ mechanism, initial }) => `AUTH ${mechanism}${initial === null ? '' : ` ${initial}`}`,
}
