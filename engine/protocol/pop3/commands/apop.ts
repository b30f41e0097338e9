/**
 * APOP proves that the client knows the password, without sending it: the MD5 of the greeting's time stamp and the
 * password, as 32 hexadecimal digits.
 *
 * RFC 1939 §7.
 */
import type { Pop3Grammar } from '../grammar.ts'
import { err } from '../reply.ts'

export type Apop = { readonly verb: 'APOP'; readonly name: string; readonly digest: string }

export const apop: Pop3Grammar<Apop> = {
  verb: 'APOP',
  syntax: 'APOP name digest',
  rfc: 'RFC 1939 §7',
  parse(args) {
    const found = /^([^ ]+) ([0-9a-fA-F]{32})$/.exec(args)
    if (found === null) return { ok: false, reply: err('Invalid parameters.') }
    return { ok: true, command: { verb: 'APOP', name: found[1] ?? '', digest: found[2] ?? '' } }
  },
}
