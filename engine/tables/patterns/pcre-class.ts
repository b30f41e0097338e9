/** Classes of characters and single characters behind a backslash, in Perl-compatible patterns. pcre2pattern(3). */
import { charEscapes, classEscapes } from './pcre-escapes.ts'
import { readProperty } from './pcre-property.ts'
import { complement, namedClasses, PatternError, type Ranges } from './tree.ts'

/** A pattern, and how far it has been read. */
export type Cursor = { readonly text: string; at: number }

export function readPropertyAt(cursor: Cursor, letter: string): Ranges {
  const property = readProperty(cursor.text.slice(cursor.at, cursor.at + 64))
  if (property === null) {
    const written = /^(?:\{[^}]*\}?|.)/s.exec(cursor.text.slice(cursor.at))?.[0].length ?? 0
    throw new PatternError('unknown property after \\P or \\p', cursor.at + written)
  }
  cursor.at += property.length
  return letter === 'p' ? property.ranges : complement(property.ranges)
}

/** `\x41`, `\x{41}`, `\101`, `\n`, `\.`: stands on the backslash. */
export function charEscape(cursor: Cursor): number {
  const rest = cursor.text.slice(cursor.at, cursor.at + 12)
  const hex = /^\\x(?:\{([0-9a-fA-F]{1,8})\}|([0-9a-fA-F]{0,2}))/.exec(rest)
  if (hex) {
    cursor.at += hex[0].length
    const code = parseInt(hex[1] ?? hex[2] ?? '', 16) || 0
    if (code > 255) {
      throw new PatternError('character code point value in \\x{} or \\o{} is too large', cursor.at - 1)
    }
    return code
  }
  const octal = /^\\(?:(0[0-7]{0,2}|[1-7][0-7]{2})|o\{([0-7]{1,6})\})/.exec(rest)
  if (octal) {
    cursor.at += octal[0].length
    return parseInt(octal[1] ?? octal[2] ?? '0', 8)
  }
  const char = rest[1] ?? ''
  cursor.at += 2
  if (char === 'c' && cursor.at < cursor.text.length)
    return (cursor.text[cursor.at++] ?? '').toUpperCase().charCodeAt(0) ^ 64
  const known = charEscapes[char]
  if (known !== undefined) return known
  if (/[A-Za-z]/.test(char)) throw new PatternError('unrecognized character follows \\', cursor.at - 1)
  return char.charCodeAt(0)
}

/** Stands on the `[`. */
export function readBracket(cursor: Cursor): { readonly ranges: Ranges; readonly negated: boolean } {
  cursor.at++
  const negated = cursor.text[cursor.at] === '^'
  if (negated) cursor.at++
  const ranges: (readonly [number, number])[] = []
  for (let first = true; ; first = false) {
    const char = cursor.text[cursor.at]
    if (char === undefined) {
      throw new PatternError('missing terminating ] for character class', cursor.text.length)
    }
    if (char === ']' && !first) break
    const from = bracketItem(cursor)
    const dash = cursor.text[cursor.at] === '-' && cursor.text[cursor.at + 1] !== ']'
    const noRange = (at: number) => new PatternError('invalid range in character class', at)
    if (typeof from !== 'number') {
      if (dash) throw noRange(cursor.at)
      ranges.push(...from)
      continue
    }
    if (!dash) {
      ranges.push([from, from])
      continue
    }
    cursor.at++
    const to = bracketItem(cursor)
    if (typeof to !== 'number') throw noRange(cursor.at)
    if (to < from) throw new PatternError('range out of order in character class', cursor.at - 1)
    else ranges.push([from, to])
  }
  cursor.at++
  return { ranges, negated }
}

function bracketItem(cursor: Cursor): number | Ranges {
  const named = /^\[:(\^?)(\w+):\]/.exec(cursor.text.slice(cursor.at, cursor.at + 14))
  if (named) {
    const found = namedClasses[named[2] ?? '']
    if (!found) throw new PatternError('unknown POSIX class name', cursor.at + 2)
    cursor.at += named[0].length
    return named[1] === '^' ? complement(found) : found
  }
  if (cursor.text[cursor.at] !== '\\') return cursor.text.charCodeAt(cursor.at++)
  const char = cursor.text[cursor.at + 1]
  if (char === undefined) throw new PatternError('\\ at end of pattern', cursor.text.length)
  const ranges = classEscapes[char]
  if (ranges) {
    cursor.at += 2
    return ranges
  }
  if (char === 'p' || char === 'P') {
    cursor.at += 2
    return readPropertyAt(cursor, char)
  }
  if (char === 'b') {
    cursor.at += 2
    return 8
  }
  return charEscape(cursor)
}
