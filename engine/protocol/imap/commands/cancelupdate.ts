/**
 * CANCELUPDATE ends the updates of searches that were to be kept up to date.
 *
 * RFC 5267 §4.3.
 */
import { bad, type ImapGrammar } from '../grammar.ts'
import { astring } from '../tokens.ts'

export type CancelUpdate = { readonly name: 'CANCELUPDATE'; readonly tags: readonly string[] }

export const cancelupdate: ImapGrammar<CancelUpdate> = {
  name: 'CANCELUPDATE',
  syntax: 'CANCELUPDATE "tag" …',
  rfc: 'RFC 5267 §4.3',
  parse(args) {
    const tags = args.flatMap((arg) => (arg.kind === 'string' ? (astring(arg) ?? []) : []))
    if (tags.length === 0 || tags.length !== args.length) return bad('Invalid parameters')
    return { ok: true, command: { name: 'CANCELUPDATE', tags } }
  },
}
