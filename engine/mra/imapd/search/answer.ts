/**
 * The untagged answer to SEARCH and SORT: the old list of numbers, or ESEARCH with what was asked for.
 *
 * RFC 3501 §7.2.5, RFC 5256 §4, RFC 4731 §3; PARTIAL: RFC 5267 §4.4; MODSEQ: RFC 7162 §3.1.5.
 */
import type { SearchReturns } from '#protocol/imap/commands/search.ts'
import type { By } from '#protocol/imap/grammar.ts'
import { quoted } from '#protocol/imap/quoting.ts'
import { writeSequenceSet } from '#protocol/imap/sequence-set.ts'
import type { Numbered } from '../account.ts'

export type AnswerParts = {
  readonly word: 'SEARCH' | 'SORT'
  readonly tag: string
  readonly by: By
  readonly returns: SearchReturns | null
  readonly found: readonly Numbered[]
  /** The search asked for MODSEQ. */
  readonly modseq: 'wanted' | 'not-wanted'
}

export function writeAnswer({ word, tag, by, returns, found, modseq }: AnswerParts): string {
  const numbers = found.map(({ number, entry }) => (by === 'uid' ? entry.uid : number))
  const highest = () => found.reduce((top, { entry }) => Math.max(top, entry.modseq), 0)
  if (returns === null) {
    const list = numbers.length === 0 ? '' : ` ${numbers.join(' ')}`
    const suffix = modseq === 'wanted' && numbers.length > 0 ? ` (MODSEQ ${highest()})` : ''
    return `* ${word}${list}${suffix}\r\n`
  }
  const { options, partial } = returns
  if (options.size === 1 && options.has('SAVE')) return ''
  const items: string[] = [`(TAG ${quoted(tag)})`]
  if (by === 'uid') items.push('UID')
  const [first] = numbers
  const last = numbers.at(-1)
  if (options.has('MIN') && first !== undefined) items.push(`MIN ${first}`)
  if (options.has('MAX') && last !== undefined) items.push(`MAX ${last}`)
  if (options.has('ALL') && numbers.length > 0) items.push(`ALL ${writeSequenceSet(numbers)}`)
  if (partial !== null) {
    const part = numbers.slice(partial.from - 1, partial.to)
    const written = part.length === 0 ? 'NIL' : writeSequenceSet(part)
    items.push(`PARTIAL (${partial.from}:${partial.to} ${written})`)
  }
  if (options.has('COUNT')) items.push(`COUNT ${numbers.length}`)
  if (options.has('RELEVANCY')) items.push(`RELEVANCY (${found.map(() => 1).join(' ')})`)
  if (modseq === 'wanted' && numbers.length > 0) items.push(`MODSEQ ${highest()}`)
  return `* ESEARCH ${items.join(' ')}\r\n`
}
