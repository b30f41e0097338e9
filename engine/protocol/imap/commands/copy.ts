/**
 * COPY and MOVE put messages into another mailbox; MOVE takes them out of this one.
 *
 * RFC 3501 §6.4.7, RFC 6851.
 */
import { bad, type By, type ImapGrammar } from '../grammar.ts'
import { readSequenceSet, type SequenceSet } from '../sequence-set.ts'
import { astring, atom } from '../tokens.ts'

export type Copy = {
  readonly name: 'COPY' | 'MOVE'
  readonly by: By
  readonly set: SequenceSet
  readonly mailbox: string
}

const grammar = (name: Copy['name'], rfc: string): ImapGrammar<Copy> => ({
  name,
  syntax: `${name} messages mailbox`,
  rfc,
  parse(args, by) {
    if (args.length < 2) return bad('Missing arguments')
    const [messages, mailbox] = [atom(args[0]), astring(args[1])]
    if (messages === null || mailbox === null) return bad('Invalid arguments')
    const set = readSequenceSet(messages)
    if (set === null) return bad(by === 'uid' ? 'Invalid uidset' : 'Invalid messageset')
    return { ok: true, command: { name, by, set, mailbox } }
  },
})

export const copy = grammar('COPY', 'RFC 3501 §6.4.7')
export const move = grammar('MOVE', 'RFC 6851 §3.1')
