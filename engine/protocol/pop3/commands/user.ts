/**
 * USER names the mailbox; PASS, next, proves that it is the client's.
 *
 * RFC 1939 §7.
 */
import type { Pop3Grammar } from '../grammar.ts'

export type User = { readonly verb: 'USER'; readonly name: string }

export const user: Pop3Grammar<User> = {
  verb: 'USER',
  syntax: 'USER name',
  rfc: 'RFC 1939 §7',
  parse: (args) => ({ ok: true, command: { verb: 'USER', name: args } }),
}
