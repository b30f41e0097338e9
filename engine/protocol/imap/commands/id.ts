/**
 * ID: client and server tell each other what they are.
 *
 * RFC 2971.
 */
import type { ImapGrammar } from '../grammar.ts'
import { astring, list } from '../tokens.ts'

export type Id = { readonly name: 'ID'; readonly fields: readonly IdField[] }

/** What NIL stands for is not told. */
export type IdField = readonly [key: string, value: string | null]

const mostFields = 30

export const id: ImapGrammar<Id> = {
  name: 'ID',
  syntax: 'ID NIL | ("name" "value" …)',
  rfc: 'RFC 2971 §3.1',
  parse(args) {
    const items = (list(args[0]) ?? []).slice(0, 2 * mostFields)
    const fields: IdField[] = []
    for (let at = 0; at + 1 < items.length; at += 2) {
      const [key, value] = [astring(items[at]), astring(items[at + 1])]
      if (key !== null) fields.push([key.toLowerCase(), value])
    }
    return { ok: true, command: { name: 'ID', fields } }
  },
}
