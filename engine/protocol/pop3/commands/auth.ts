/**
 * AUTH begins a SASL exchange, with its first response on the same line if the mechanism has one; alone, it asks which
 * mechanisms there are.
 *
 * RFC 5034 §4.
 */
import type { Pop3Grammar } from '../grammar.ts'

export type Auth = {
  readonly verb: 'AUTH'
  readonly mechanism: string | null
  readonly initial: string | null
}

export const auth: Pop3Grammar<Auth> = {
  verb: 'AUTH',
  syntax: 'AUTH [mechanism [initial-response]]',
  rfc: 'RFC 5034 §4',
  parse(args) {
    const space = args.indexOf(' ')
    const mechanism = (space < 0 ? args : args.slice(0, space)).toUpperCase()
    const initial = space < 0 ? null : args.slice(space + 1).replace(/^ +/, '')
    return { ok: true, command: { verb: 'AUTH', mechanism: mechanism === '' ? null : mechanism, initial } }
  },
}
