/**
 * SEARCH finds messages.
 *
 * RFC 3501 §6.4.4; RETURN: RFC 4731 (ESEARCH), RFC 5182 (SAVE), RFC 5267 (PARTIAL, UPDATE, CONTEXT).
 */
import { bad, no, type By, type ImapGrammar, type Refused } from '../grammar.ts'
import { readSearchKeys, type SearchKey } from '../search-key.ts'
import { astring, atom, list, type Argument } from '../tokens.ts'

export type SearchReturns = {
  readonly options: ReadonlySet<string>
  readonly partial: { readonly from: number; readonly to: number } | null
}

export type Search = {
  readonly name: 'SEARCH'
  readonly by: By
  /** Null: answered by the old `* SEARCH`. */
  readonly returns: SearchReturns | null
  readonly charset: string
  readonly charsetFrom: 'client' | 'standard'
  readonly key: SearchKey
}

export const search: ImapGrammar<Search> = {
  name: 'SEARCH',
  syntax: 'SEARCH [RETURN (MIN MAX COUNT ALL SAVE …)] [CHARSET name] keys',
  rfc: 'RFC 3501 §6.4.4',
  parse(args, by) {
    const returns = readReturns(args)
    if (!returns.ok) return returns
    let rest = args.slice(returns.used)
    let charset = 'UTF-8'
    let charsetFrom: Search['charsetFrom'] = 'standard'
    if (atom(rest[0])?.toUpperCase() === 'CHARSET') {
      const name = astring(rest[1])
      if (name === null) return bad('Invalid charset argument')
      charset = name
      charsetFrom = 'client'
      rest = rest.slice(2)
    }
    const read = readSearchKeys(rest)
    if (!read.ok) return read
    if (!isKnownCharset(charset)) return unknownCharset
    return {
      ok: true,
      command: { name: 'SEARCH', by, returns: returns.returns, charset, charsetFrom, key: read.key },
    }
  },
}

export const unknownCharset: Refused = no('BADCHARSET', 'Unknown charset')

/** The charsets in which a client may write what it looks for; iconv(3) of the real one knows more. */
export const isKnownCharset = (name: string): boolean =>
  /^(utf-?(?:[78]|16|32)(?:le|be)?|ucs-?[24]|latin-?[1-9]|cp(?:125[0-8]|437|85[02]|866)|macintosh|us-ascii|ascii|iso-?8859-(?:[1-9]|1[0-6])|windows-125[0-8]|koi8-[ru]|gbk?|gb2312|gb18030|big5|euc-(?:jp|kr)|shift_jis|iso-2022-jp)$/i.test(
    name,
  )

const returnOptions = new Set(['MIN', 'MAX', 'ALL', 'COUNT', 'SAVE', 'CONTEXT', 'UPDATE', 'RELEVANCY'])

export type ReturnsRead =
  | { readonly ok: true; readonly returns: SearchReturns | null; readonly used: number }
  | Extract<Refused, { message: string }>

const broken = (message: string): ReturnsRead => ({ ok: false, message })

export function readReturns(args: readonly Argument[]): ReturnsRead {
  const words = list(args[1])
  if (atom(args[0])?.toUpperCase() !== 'RETURN' || words === null) return { ok: true, returns: null, used: 0 }
  const options = new Set<string>()
  let partial: SearchReturns['partial'] = null
  for (let at = 0; at < words.length; at++) {
    const word = atom(words[at])?.toUpperCase()
    if (word === undefined) return broken('SEARCH return options contain non-atoms')
    if (word === 'PARTIAL') {
      if (partial !== null) return broken('PARTIAL can be used only once')
      if (words[at + 1] === undefined) return broken('PARTIAL range missing')
      const match = /^(\d{1,10}):(\d{1,10})$/.exec(atom(words[++at]) ?? '')
      const [from, to] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)]
      if (match === null || from === 0 || to === 0) return broken('PARTIAL range broken')
      partial = { from: Math.min(from, to), to: Math.max(from, to) }
      options.add(word)
    } else if (returnOptions.has(word)) {
      options.add(word)
    } else {
      return broken('Unknown SEARCH return option')
    }
  }
  if (options.has('PARTIAL') && options.has('ALL')) return broken('PARTIAL conflicts with ALL')
  if (options.size === 0 || (options.size === 1 && options.has('CONTEXT'))) options.add('ALL')
  return { ok: true, returns: { options, partial }, used: 2 }
}
