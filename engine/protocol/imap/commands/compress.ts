/**
 * COMPRESS: from now on both sides send their bytes compressed.
 *
 * RFC 4978.
 */
import { bad, type ImapGrammar } from '../grammar.ts'
import { atom } from '../tokens.ts'

export type Compress = { readonly name: 'COMPRESS'; readonly mechanism: string }

export const compress: ImapGrammar<Compress> = {
  name: 'COMPRESS',
  syntax: 'COMPRESS DEFLATE',
  rfc: 'RFC 4978 §3',
  parse(args) {
    const mechanism = atom(args[0])
    if (mechanism === null || args.length > 1) return bad('Invalid arguments')
    return { ok: true, command: { name: 'COMPRESS', mechanism: mechanism.toUpperCase() } }
  },
}
