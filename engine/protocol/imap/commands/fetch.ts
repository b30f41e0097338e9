/**
 * FETCH reads messages: flags, sizes, dates, structure, or any part of their text.
 *
 * RFC 3501 §6.4.5; CHANGEDSINCE, VANISHED: RFC 7162 §3.1.4, §3.2.6.
 */
import { readFetchItems, type FetchItem } from '../fetch-item.ts'
import { bad, type By, type ImapGrammar } from '../grammar.ts'
import { readSequenceSet, type SequenceSet } from '../sequence-set.ts'
import { atom, list, type Argument } from '../tokens.ts'

export type Fetch = {
  readonly name: 'FETCH'
  readonly by: By
  readonly set: SequenceSet
  readonly items: readonly FetchItem[]
  readonly changedSince: number | null
  readonly vanished: 'asked' | 'not-asked'
  /** What is wrong with the items: the messages come first. */
  readonly problem: string | null
}

export const fetch: ImapGrammar<Fetch> = {
  name: 'FETCH',
  syntax: 'FETCH messages (FLAGS ENVELOPE BODY[…] …) [(CHANGEDSINCE modseq)]',
  rfc: 'RFC 3501 §6.4.5',
  parse(args, by) {
    const set = atom(args[0])
    if (set === null || args.length < 2) return bad('Invalid arguments')
    const messages = readSequenceSet(set)
    if (messages === null) return bad(by === 'uid' ? 'Invalid uidset' : 'Invalid messageset')
    if (args[2] !== undefined && list(args[2]) === null) return bad('Invalid arguments')
    // `BODY[HEADER.FIELDS (SUBJECT)]` is three arguments: a name, a list, a bracket.
    const end =
      list(args[1]) === null && atom(args[3])?.startsWith(']')
        ? 4
        : list(args[1]) === null && isModified(args)
          ? 3
          : 2
    const items = readFetchItems(args[1], args.slice(2, end))
    if (!items.ok) {
      const rest = { items: [], changedSince: null, vanished: 'not-asked', problem: items.message } as const
      return { ok: true, command: { name: 'FETCH', by, set: messages, ...rest } }
    }
    const modifiers = args[end] === undefined ? [] : list(args[end])
    if (modifiers === null) return bad('Invalid arguments')
    const read = readModifiers(modifiers, by)
    if (typeof read === 'string') return bad(read)
    return {
      ok: true,
      command: { name: 'FETCH', by, set: messages, items: items.items, ...read, problem: null },
    }
  },
}

/** `FETCH 1 PREVIEW (LAZY)`: the list belongs to the item. */
const isModified = (args: readonly Argument[]): boolean =>
  /^(PREVIEW|SNIPPET)$/i.test(atom(args[1]) ?? '') && list(args[2]) !== null

function readModifiers(args: readonly Argument[], by: By): Pick<Fetch, 'changedSince' | 'vanished'> | string {
  let changedSince: number | null = null
  let vanished: Fetch['vanished'] = 'not-asked'
  for (let at = 0; at < args.length; at++) {
    const word = atom(args[at])?.toUpperCase()
    if (word === 'CHANGEDSINCE') {
      const value = atom(args[++at])
      if (value === null || !/^\d{1,19}$/.test(value)) return 'Invalid CHANGEDSINCE modseq'
      changedSince = Number(value)
    } else if (word === 'VANISHED' && by === 'uid') {
      vanished = 'asked'
    } else {
      return 'Unknown FETCH modifier'
    }
  }
  return { changedSince, vanished }
}
