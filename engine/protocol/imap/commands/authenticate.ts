/**
 * AUTHENTICATE begins a SASL dialogue, perhaps with the client's first answer on the same line.
 *
 * RFC 3501 §6.2.2; initial response: RFC 4959.
 */
import { bad, type ImapGrammar } from '../grammar.ts'
import { astring } from '../tokens.ts'

export type Authenticate = {
  readonly name: 'AUTHENTICATE'
  readonly mechanism: string
  /** In base64, `=` for an empty one; null: none was given. */
  readonly initial: string | null
}

export const authenticate: ImapGrammar<Authenticate> = {
  name: 'AUTHENTICATE',
  syntax: 'AUTHENTICATE mechanism [initial-response]',
  rfc: 'RFC 3501 §6.2.2',
  parse(args) {
    const word = astring(args[0])
    if (word === null) return bad('Invalid arguments')
    // A quoted name is none: the standard has an atom here.
    const mechanism = args[0]?.kind === 'string' ? `"${word}"` : word
    const initial = args
      .slice(1)
      .map((arg) => astring(arg) ?? '')
      .join(' ')
    return {
      ok: true,
      command: {
        name: 'AUTHENTICATE',
        mechanism: mechanism.toUpperCase(),
        initial: args.length > 1 ? initial : null,
      },
    }
  },
}
