/**
 * LOGIN: a name and a password, in clear.
 *
 * RFC 3501 §6.2.3.
 */
import { bad, type ImapGrammar } from '../grammar.ts'
import { astring } from '../tokens.ts'

export type Login = { readonly name: 'LOGIN'; readonly user: string; readonly password: string }

export const login: ImapGrammar<Login> = {
  name: 'LOGIN',
  syntax: 'LOGIN user password',
  rfc: 'RFC 3501 §6.2.3',
  parse(args) {
    const [user, password] = [astring(args[0]), astring(args[1])]
    if (user === null || password === null || args.length !== 2) return bad('Invalid arguments')
    return { ok: true, command: { name: 'LOGIN', user, password } }
  },
}
