/**
 * ENABLE: the client says which extensions it understands, so that the server may use them unasked.
 *
 * RFC 5161.
 */
import { bad, type ImapGrammar } from '../grammar.ts'
import { atom } from '../tokens.ts'

export type Enable = { readonly name: 'ENABLE'; readonly extensions: readonly string[] }

export const enable: ImapGrammar<Enable> = {
  name: 'ENABLE',
  syntax: 'ENABLE CONDSTORE | QRESYNC …',
  rfc: 'RFC 5161 §3.1',
  parse(args) {
    const extensions: string[] = []
    for (const arg of args) {
      const word = atom(arg)
      if (word === null) return bad('Invalid arguments')
      extensions.push(word.toUpperCase())
    }
    return { ok: true, command: { name: 'ENABLE', extensions } }
  },
}
