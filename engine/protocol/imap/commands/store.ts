/**
 * STORE changes the flags of messages.
 *
 * RFC 3501 §6.4.6; UNCHANGEDSINCE: RFC 7162 §3.1.3.
 */
import { readFlags } from '../flags.ts'
import { bad, no, type By, type ImapGrammar, type Refused } from '../grammar.ts'
import { readSequenceSet, type SequenceSet } from '../sequence-set.ts'
import { astring, atom, list } from '../tokens.ts'

export type Store = {
  readonly name: 'STORE'
  readonly by: By
  readonly set: SequenceSet
  readonly change: 'add' | 'remove' | 'replace'
  readonly answer: 'flags' | 'silent'
  readonly flags: readonly string[]
  readonly unchangedSince: number | null
  /** What is wrong with the flags: the messages and the modifiers come first. */
  readonly problem: Refused | null
}

const changes = { '+': 'add', '-': 'remove', '': 'replace' } as const

export const store: ImapGrammar<Store> = {
  name: 'STORE',
  syntax: 'STORE messages [(UNCHANGEDSINCE modseq)] [+|-]FLAGS[.SILENT] (flags)',
  rfc: 'RFC 3501 §6.4.6',
  parse(args, by) {
    const messages = atom(args[0])
    if (messages === null) return bad('Invalid arguments')
    const set = readSequenceSet(messages)
    if (set === null) return bad(by === 'uid' ? 'Invalid uidset' : 'Invalid messageset')
    const modifiers = list(args[1])
    let unchangedSince: number | null = null
    for (let i = 0; i < (modifiers?.length ?? 0); i++) {
      const word = atom(modifiers?.[i])?.toUpperCase()
      const value = atom(modifiers?.[++i])
      if (word === undefined || value === null) return bad('Invalid STORE modifiers')
      if (word !== 'UNCHANGEDSINCE') return bad('Unknown STORE modifier')
      if (!/^\d{1,19}$/.test(value)) return bad('Invalid modseq')
      unchangedSince = Number(value)
    }
    const at = modifiers === null ? 1 : 2
    const match = /^([+-]?)FLAGS(\.SILENT)?$/.exec(astring(args[at])?.toUpperCase() ?? '')
    if (match === null) return bad('Invalid arguments')
    const flags = readFlags(list(args[at + 1]) ?? args.slice(at + 1))
    const problem = flags.ok ? null : 'cannot' in flags ? no('CANNOT', flags.cannot) : flags
    const change = changes[(match[1] ?? '') as keyof typeof changes]
    const answer = match[2] === undefined ? 'flags' : 'silent'
    return {
      ok: true,
      command: {
        name: 'STORE',
        by,
        set,
        change,
        answer,
        flags: flags.ok ? flags.flags : [],
        unchangedSince,
        problem,
      },
    }
  },
}
