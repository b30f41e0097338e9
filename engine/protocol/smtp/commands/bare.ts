/** What DATA, RSET, QUIT, NOOP, HELP and STARTTLS have in common: a verb, and words that are nothing or ignored. */
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { reply } from '../reply.ts'
import { joined } from '../words.ts'

export type Bare<V extends string> = { readonly verb: V; readonly words: string }

export const bare = <V extends string>(
  verb: V,
  rfc: string,
  words: 'no words' | 'words ignored',
): Grammar<Bare<V>> => ({
  verb,
  syntax: verb,
  rfc,

  parse(given) {
    if (given.length > 0 && words === 'no words') return refused(reply(501, '5.5.4', `Syntax: ${verb}`, rfc))
    return accepted({ verb, words: joined(given) })
  },

  format: (command) => (command.words === '' ? command.verb : `${command.verb} ${command.words}`),
})
