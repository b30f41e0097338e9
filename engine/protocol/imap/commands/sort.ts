/**
 * SORT: a search whose result comes in an order; THREAD: one whose result comes as conversations.
 *
 * RFC 5256; ESORT: RFC 5267 §3; DISPLAYFROM, DISPLAYTO: RFC 5957.
 */
import { bad, type By, type ImapGrammar } from '../grammar.ts'
import { readSearchKeys, type SearchKey } from '../search-key.ts'
import { isThreadAlgorithm, type ThreadAlgorithm } from '../thread.ts'
import { astring, list, type Argument } from '../tokens.ts'
import { isKnownCharset, readReturns, unknownCharset, type SearchReturns } from './search.ts'

export const sortKeys = [
  'ARRIVAL',
  'CC',
  'DATE',
  'FROM',
  'SIZE',
  'SUBJECT',
  'TO',
  'DISPLAYFROM',
  'DISPLAYTO',
  'RELEVANCY',
  'X-SCORE',
] as const
export type SortKey = (typeof sortKeys)[number]

export type SortStep = { readonly by: SortKey; readonly order: 'ascending' | 'descending' }

export type Sort = {
  readonly name: 'SORT'
  readonly by: By
  readonly returns: SearchReturns | null
  readonly program: readonly SortStep[]
  readonly charset: string
  readonly key: SearchKey
}

export const sort: ImapGrammar<Sort> = {
  name: 'SORT',
  syntax: 'SORT [RETURN (…)] ([REVERSE] DATE SUBJECT …) charset keys',
  rfc: 'RFC 5256 §3',
  parse(args, by) {
    const returns = readReturns(args)
    if (!returns.ok) return returns
    const [first, second, ...rest] = args.slice(returns.used)
    const words = list(first)
    if (words === null) return bad('Invalid sort argument')
    const program = readProgram(words)
    if (typeof program === 'string') return bad(program)
    const charset = astring(second)
    if (charset === null) return bad('Invalid charset argument')
    if (rest.length === 0) return bad('Missing search parameters')
    const read = readSearchKeys(rest)
    if (!read.ok) return read
    if (!isKnownCharset(charset)) return unknownCharset
    return {
      ok: true,
      command: { name: 'SORT', by, returns: returns.returns, program, charset, key: read.key },
    }
  },
}

function readProgram(words: readonly Argument[]): readonly SortStep[] | string {
  if (words.length === 0) return 'Empty sort program'
  const program: SortStep[] = []
  let order: SortStep['order'] = 'ascending'
  for (const arg of words) {
    const word = astring(arg)?.toUpperCase()
    if (word === undefined) return 'Invalid sort list argument'
    if (word === 'REVERSE') {
      order = order === 'ascending' ? 'descending' : 'ascending'
      continue
    }
    const by = sortKeys.find((key) => key === word)
    if (by === undefined) return `Unknown sort argument: ${word}`
    // A key that comes again changes nothing.
    if (!program.some((step) => step.by === by)) program.push({ by, order })
    order = 'ascending'
  }
  return astring(words.at(-1))?.toUpperCase() === 'REVERSE' ? 'Sort list ends with REVERSE' : program
}

export type Thread = {
  readonly name: 'THREAD'
  readonly by: By
  readonly algorithm: ThreadAlgorithm
  readonly charset: string
  readonly key: SearchKey
}

export const thread: ImapGrammar<Thread> = {
  name: 'THREAD',
  syntax: 'THREAD REFERENCES | REFS | ORDEREDSUBJECT charset keys',
  rfc: 'RFC 5256 §3',
  parse(args, by) {
    const [name, charset] = [astring(args[0]), astring(args[1])]
    if (name === null || charset === null) return bad('Invalid arguments')
    const algorithm = name.toUpperCase()
    if (!isThreadAlgorithm(algorithm)) return bad('Unknown thread algorithm')
    if (args.length < 3) return bad('Missing search parameters')
    const read = readSearchKeys(args.slice(2))
    if (!read.ok) return read
    if (!isKnownCharset(charset)) return unknownCharset
    return { ok: true, command: { name: 'THREAD', by, algorithm, charset, key: read.key } }
  },
}
