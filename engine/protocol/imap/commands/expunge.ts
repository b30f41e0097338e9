/**
 * EXPUNGE removes every message with \Deleted; UID EXPUNGE only those of a set.
 *
 * RFC 3501 §6.4.3; UID EXPUNGE: RFC 4315 §2.1.
 */
import { bad, type ImapGrammar } from '../grammar.ts'
import { readSequenceSet, type SequenceSet } from '../sequence-set.ts'
import { atom } from '../tokens.ts'

export type Expunge = { readonly name: 'EXPUNGE'; readonly set: SequenceSet | null }

export const expunge: ImapGrammar<Expunge> = {
  name: 'EXPUNGE',
  syntax: 'EXPUNGE | UID EXPUNGE uids',
  rfc: 'RFC 3501 §6.4.3',
  parse(args, by) {
    if (by === 'sequence') return { ok: true, command: { name: 'EXPUNGE', set: null } }
    if (args.length === 0) return bad('Missing arguments')
    const set = readSequenceSet(atom(args[0]) ?? '')
    return set === null ? bad('Invalid uidset') : { ok: true, command: { name: 'EXPUNGE', set } }
  },
}
