/**
 * RENAME gives a mailbox, and all under it, another name.
 *
 * RFC 3501 §6.3.5.
 */
import { bad, type ImapGrammar } from '../grammar.ts'
import { astring } from '../tokens.ts'

export type Rename = { readonly name: 'RENAME'; readonly from: string; readonly to: string }

export const rename: ImapGrammar<Rename> = {
  name: 'RENAME',
  syntax: 'RENAME mailbox new-name',
  rfc: 'RFC 3501 §6.3.5',
  parse(args) {
    if (args.length < 2) return bad('Missing arguments')
    const [from, to] = [astring(args[0]), astring(args[1])]
    if (from === null || to === null) return bad('Invalid arguments')
    return { ok: true, command: { name: 'RENAME', from, to } }
  },
}
