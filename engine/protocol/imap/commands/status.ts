/**
 * STATUS: numbers about a mailbox that need not be open.
 *
 * RFC 3501 §6.3.10; SIZE: RFC 8438; HIGHESTMODSEQ: RFC 7162 §3.1.7; DELETED: RFC 9051 §6.3.11.
 */
import { bad, type ImapGrammar } from '../grammar.ts'
import { astring, atom, list, type Argument } from '../tokens.ts'

export const statusItems = [
  'MESSAGES',
  'RECENT',
  'UIDNEXT',
  'UIDVALIDITY',
  'UNSEEN',
  'DELETED',
  'HIGHESTMODSEQ',
  'SIZE',
  'X-SIZE',
  'X-GUID',
] as const
export type StatusItem = (typeof statusItems)[number]

export type Status = {
  readonly name: 'STATUS'
  readonly mailbox: string
  readonly items: readonly StatusItem[]
}

export function readStatusItems(
  args: readonly Argument[],
):
  | { readonly ok: true; readonly items: readonly StatusItem[] }
  | { readonly ok: false; readonly message: string } {
  const wanted = new Set<StatusItem>()
  for (const arg of args) {
    const word = atom(arg)?.toUpperCase()
    if (word === undefined) return { ok: false, message: 'Status list contains non-atoms' }
    const item = statusItems.find((known) => known === word)
    if (item === undefined) return { ok: false, message: `Invalid status item ${word}` }
    wanted.add(item)
  }
  if (wanted.size === 0) return { ok: false, message: 'Empty status list' }
  return { ok: true, items: statusItems.filter((item) => wanted.has(item)) }
}

export const status: ImapGrammar<Status> = {
  name: 'STATUS',
  syntax: 'STATUS mailbox (MESSAGES UNSEEN …)',
  rfc: 'RFC 3501 §6.3.10',
  parse(args) {
    if (args.length < 2) return bad('Missing arguments')
    const mailbox = astring(args[0])
    const items = list(args[1])
    if (mailbox === null || items === null) return bad('Invalid arguments')
    const read = readStatusItems(items)
    return read.ok ? { ok: true, command: { name: 'STATUS', mailbox, items: read.items } } : read
  },
}
