/** What stands behind an opening parenthesis in Perl-compatible patterns: `(?:`, `(?<name>`, `(?1)`, `(?(1)`, `(*F)`. pcre2pattern(3). */
import { readReference, type Reference } from './pcre-groups.ts'
import { PatternError, type Verb } from './tree.ts'

export type Test =
  | { readonly kind: 'group'; readonly group: Reference }
  /** `(?(R)`, `(?(R1)`: inside a recursion, of that group. */
  | { readonly kind: 'recursion'; readonly group: number | null }
  | { readonly kind: 'define' }
  /** An assertion follows, which is read as any other. */
  | { readonly kind: 'look' }

export type Opening =
  | { readonly kind: 'capture'; readonly name: string | null }
  | { readonly kind: 'flags'; readonly letters: string; readonly until: 'end of group' | 'own end' }
  | { readonly kind: 'look'; readonly direction: 'ahead' | 'behind'; readonly negated: boolean }
  | { readonly kind: 'atomic' | 'same-numbers' | 'nothing' }
  | { readonly kind: 'back'; readonly name: string }
  | { readonly kind: 'recurse'; readonly group: Reference }
  | { readonly kind: 'condition'; readonly test: Test }
  | { readonly kind: 'verb'; readonly verb: Verb }

const looks: Readonly<Record<string, Opening>> = {
  '(?=': { kind: 'look', direction: 'ahead', negated: false },
  '(?!': { kind: 'look', direction: 'ahead', negated: true },
  '(?<=': { kind: 'look', direction: 'behind', negated: false },
  '(?<!': { kind: 'look', direction: 'behind', negated: true },
  '(?>': { kind: 'atomic' },
  '(?|': { kind: 'same-numbers' },
}

const verbs: ReadonlyMap<string, Verb> = new Map([
  ['F', 'fail'],
  ['FAIL', 'fail'],
  ['ACCEPT', 'accept'],
  ['COMMIT', 'commit'],
  ['PRUNE', 'prune'],
  ['SKIP', 'skip'],
])

/** Stands on the parenthesis; `length` is what the opening takes, with its own `)` where nothing follows inside. */
export function readOpening(
  text: string,
  at: number,
): { readonly opening: Opening; readonly length: number } {
  const rest = text.slice(at, at + 1024)
  const found = (read: RegExpExecArray, opening: Opening) => ({ opening, length: read[0].length })
  if (rest[1] === '*') return readVerb(rest, at)
  if (rest[1] !== '?') return { opening: { kind: 'capture', name: null }, length: 1 }

  const look = /^\((?:\?<[=!]|\?[=!>|])/.exec(rest)
  if (look) return found(look, looks[look[0]] ?? { kind: 'nothing' })
  const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest)
  if (named) return found(named, { kind: 'capture', name: named[1] ?? named[2] ?? '' })
  const back = /^\(\?P=(\w+)\)/.exec(rest)
  if (back) return found(back, { kind: 'back', name: back[1] ?? '' })
  const recurse = /^\(\?(?:R|([+-]?\d{1,5})|(?:&|P>)([A-Za-z_]\w*))\)/.exec(rest)
  if (recurse)
    return found(recurse, { kind: 'recurse', group: readReference(recurse[1] ?? recurse[2] ?? '0') })
  if (rest.startsWith('(?(')) return readTest(rest, at)
  const callout = /^\(\?C(?:\d{1,3})?\)/.exec(rest)
  if (callout) return found(callout, { kind: 'nothing' })
  if (rest.startsWith('(?#')) {
    const end = text.indexOf(')', at)
    if (end < 0) throw new PatternError('missing ) after (?# comment', text.length)
    return { opening: { kind: 'nothing' }, length: end + 1 - at }
  }
  const flags = /^\(\?(\^?[imsxnJU]*(?:-[imsxnJU]*)?)([:)])/.exec(rest)
  if (flags) {
    const until = flags[2] === ')' ? 'end of group' : 'own end'
    return found(flags, { kind: 'flags', letters: flags[1] ?? '', until })
  }
  if (/^\(\?P?</.test(rest)) throw new PatternError('subpattern name expected', at + 3)
  throw new PatternError('unrecognized character after (? or (?-', at + 2)
}

function readTest(rest: string, at: number): { opening: Opening; length: number } {
  if (/^\(\?\(\?<?[=!]/.test(rest)) {
    // The assertion stays to be read.
    return { opening: { kind: 'condition', test: { kind: 'look' } }, length: 2 }
  }
  const read = /^\(\?\((?:([+-]?\d{1,5})|R(\d{0,5})|<(\w+)>|'(\w+)'|(\w+))\)/.exec(rest)
  if (!read) throw new PatternError('malformed number or name after (?(', at + 3)
  const [whole, number, recursion, ...names] = read
  const name = names.find(Boolean) ?? ''
  const test: Test =
    recursion !== undefined
      ? { kind: 'recursion', group: recursion === '' ? null : Number(recursion) }
      : name === 'DEFINE'
        ? { kind: 'define' }
        : { kind: 'group', group: readReference(number ?? name) }
  return { opening: { kind: 'condition', test }, length: whole.length }
}

function readVerb(rest: string, at: number): { opening: Opening; length: number } {
  const read = /^\(\*([A-Z]*)\)/.exec(rest)
  const verb = verbs.get(read?.[1] ?? '')
  if (read === null || verb === undefined) {
    const name = /^\(\*([A-Z]*)/.exec(rest)?.[0] ?? ''
    throw new PatternError('(*VERB) not recognized or malformed', at + name.length)
  }
  return { opening: { kind: 'verb', verb }, length: read[0].length }
}
