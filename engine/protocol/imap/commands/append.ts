/**
 * APPEND puts a message into a mailbox. Its text comes as a literal, one or many of them, or is made of pieces of
 * messages that the server has. So the arguments are read piece by piece, as they come.
 *
 * RFC 3501 §6.3.11; MULTIAPPEND: RFC 3502; CATENATE: RFC 4469.
 */
import { readDateTime } from '../date.ts'
import { readFlags } from '../flags.ts'
import { bad, no, type ImapGrammar, type Refused } from '../grammar.ts'
import { astring, atom, list, type Argument } from '../tokens.ts'

export type Append = { readonly name: 'APPEND'; readonly mailbox: string }

/** What stands before a message: its flags, its date, and whether it is catenated. */
export type AppendHead = {
  readonly flags: readonly string[]
  readonly internalDate: number | null
  readonly form: 'literal' | 'catenate'
}

export const append: ImapGrammar<Append> = {
  name: 'APPEND',
  syntax: 'APPEND mailbox [(flags)] ["date"] {size}',
  rfc: 'RFC 3501 §6.3.11',
  parse(args) {
    const [first] = args
    if (first === undefined) return bad('Missing arguments')
    const mailbox = astring(first)
    return mailbox === null ? bad('Invalid arguments') : { ok: true, command: { name: 'APPEND', mailbox } }
  },
}

/** The arguments between two messages. `follows`: what comes after them on the wire. */
export function readAppendHead(
  args: readonly Argument[],
  follows: 'literal' | 'catenate' | 'nothing',
): { readonly ok: true; readonly head: AppendHead } | Refused {
  let rest = args
  const words = list(rest[0])
  let flags: readonly string[] = []
  if (words !== null) {
    const read = readFlags(words)
    if (!read.ok) return 'cannot' in read ? no('CANNOT', read.cannot) : read
    flags = read.flags
    rest = rest.slice(1)
  }
  if (follows === 'nothing') return bad(args.length === 0 ? 'Missing message size' : 'Invalid arguments')
  let internalDate: number | null = null
  if (rest[0]?.kind === 'string') {
    internalDate = readDateTime(rest[0].text)
    if (internalDate === null) return bad('Invalid internal date')
    rest = rest.slice(1)
  }
  return rest.length > 0
    ? bad('Invalid arguments')
    : { ok: true, head: { flags, internalDate, form: follows } }
}

export type CatenatePart = { readonly kind: 'text' } | { readonly kind: 'url'; readonly url: string }

/** One word of a CATENATE list: `TEXT`, before its literal, or `URL` and where it leads. */
export function readCatenateWord(args: readonly Argument[]): CatenatePart | null {
  const word = atom(args[0])?.toUpperCase()
  if (word === 'TEXT') return { kind: 'text' }
  const url = word === 'URL' ? astring(args[1]) : null
  return url === null ? null : { kind: 'url', url }
}
