/**
 * PASS brings the password, in clear: all that follows, blanks too.
 *
 * RFC 1939 §7.
 */
import type { Pop3Grammar } from '../grammar.ts'

export type Pass = { readonly verb: 'PASS'; readonly password: string }

export const pass: Pop3Grammar<Pass> = {
  verb: 'PASS',
  syntax: 'PASS string',
  rfc: 'RFC 1939 §7',
  parse: (args) => ({ ok: true, command: { verb: 'PASS', password: args } }),
}
