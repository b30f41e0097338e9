/** What HELO, EHLO and LHLO have in common: a name, all words after the verb. */
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { reply } from '../reply.ts'
import { joined } from '../words.ts'

export type Greeting<V extends 'HELO' | 'EHLO' | 'LHLO'> = { readonly verb: V; readonly name: string }

export const greeting = <V extends 'HELO' | 'EHLO' | 'LHLO'>(verb: V, rfc: string): Grammar<Greeting<V>> => ({
  verb,
  syntax: `${verb} hostname`,
  rfc,

  parse(words) {
    // No enhanced status code: RFC 2034 §3 leaves the answers to the greeting without.
    if (words.length === 0) return refused(reply(501, null, `Syntax: ${verb} hostname`, rfc))
    // A colon parts words only where MAIL and RCPT have theirs: `[IPv6:2001:db8::1]` is one name.
    return accepted({ verb, name: joined(words).replace(/: /g, ':') })
  },

  format: (command) => `${command.verb} ${command.name}`,
})
