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
    return accepted({ verb, name: joined(words) })
  },

  format: (command) => `${command.verb} ${command.name}`,
})
