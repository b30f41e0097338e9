/**
 * LIST and LSUB: which mailboxes there are, which of them are subscribed, and what is known of them.
 *
 * RFC 3501 §6.3.8, §6.3.9; LIST-EXTENDED: RFC 5258; STATUS in LIST: RFC 5819; special use: RFC 6154.
 */
import { bad, type ImapGrammar } from '../grammar.ts'
import { astring, atom, list as listOf, type Argument } from '../tokens.ts'
import { readStatusItems, type StatusItem } from './status.ts'

export type List = {
  readonly name: 'LIST' | 'LSUB' | 'XLIST'
  readonly reference: string
  readonly patterns: readonly string[]
  /** The extended form shows only what was asked for. */
  readonly form: 'plain' | 'extended'
  readonly select: ReadonlySet<string>
  readonly returns: ReadonlySet<string>
  readonly status: readonly StatusItem[] | null
}

const selectOptions = new Set(['SUBSCRIBED', 'RECURSIVEMATCH', 'SPECIAL-USE', 'REMOTE'])
const returnOptions = new Set(['SUBSCRIBED', 'CHILDREN', 'SPECIAL-USE'])
const mostPatterns = 1000

const grammar = (name: List['name'], rfc: string): ImapGrammar<List> => ({
  name,
  syntax:
    name === 'LSUB'
      ? 'LSUB reference pattern'
      : `${name} [(SUBSCRIBED …)] reference pattern [RETURN (CHILDREN …)]`,
  rfc,
  parse(args) {
    let at = 0
    let extended = false
    const select = new Set<string>()
    const options = name === 'LSUB' ? null : listOf(args[at])
    if (options !== null) {
      extended = true
      at++
      for (const option of options) {
        const word = astring(option)?.toUpperCase()
        if (word === undefined) return bad('List options contains non-atoms')
        if (!selectOptions.has(word)) return bad('Unknown select options')
        select.add(word)
      }
      if (select.has('RECURSIVEMATCH') && !select.has('SUBSCRIBED') && !select.has('SPECIAL-USE')) {
        return bad('RECURSIVEMATCH must not be the only selection')
      }
    }
    const reference = astring(args[at++])
    if (reference === null) return bad('Invalid reference')
    const many = listOf(args[at])
    const patterns = (many ?? args.slice(at, at + 1)).flatMap((arg) => astring(arg) ?? [])
    if (many === null && patterns.length === 0) return bad('Invalid pattern')
    if (patterns.length !== (many?.length ?? 1) || patterns.length > mostPatterns)
      return bad('Invalid pattern list')
    if (many) extended = true
    at++
    const command = { name, reference, patterns, select } as const
    if (name === 'LSUB' && args.length > at) return bad('Extra arguments')
    if (args.length === at) {
      const form = extended ? 'extended' : 'plain'
      return { ok: true, command: { ...command, form, returns: new Set<string>(), status: null } }
    }
    const wanted = listOf(args[at + 1])
    if (atom(args[at])?.toUpperCase() !== 'RETURN' || wanted === null || args.length > at + 2) {
      return bad('Extra arguments')
    }
    const returns = readReturns(wanted)
    return typeof returns === 'string'
      ? bad(returns)
      : { ok: true, command: { ...command, form: 'extended', ...returns } }
  },
})

function readReturns(
  options: readonly Argument[],
): { returns: ReadonlySet<string>; status: readonly StatusItem[] | null } | string {
  const returns = new Set<string>()
  let status: readonly StatusItem[] | null = null
  for (let at = 0; at < options.length; at++) {
    const word = astring(options[at])?.toUpperCase() ?? ''
    const items = word === 'STATUS' ? listOf(options[at + 1]) : null
    if (items !== null) {
      const read = readStatusItems(items)
      if (!read.ok) return read.message
      status = read.items
      at++
    } else if (returnOptions.has(word)) {
      returns.add(word)
    } else {
      return 'Unknown return options'
    }
  }
  return { returns, status }
}

export const list = grammar('LIST', 'RFC 3501 §6.3.8')
export const lsub = grammar('LSUB', 'RFC 3501 §6.3.9')
/** What clients asked before SPECIAL-USE was a standard. */
export const xlist = grammar('XLIST', 'RFC 6154')
