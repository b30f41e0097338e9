/**
 * Perl-compatible regular expressions, as `pcre:` tables write them. Left out: recursion, conditions, callouts
 * and backtracking verbs; a rule with one is refused with a warning, as a rule with an error is.
 *
 * pcre_table(5); pcre2pattern(3).
 */
import { charEscapes, classEscapes, vertical } from './pcre-escapes.ts'
import { readProperty } from './pcre-property.ts'
import {
  complement,
  lastCode,
  namedClasses,
  PatternError,
  type Node,
  type Pattern,
  type Ranges,
} from './tree.ts'

export type PcreFlags = {
  /** i, s, m, x of Perl; A: anchored; D: `$` only at the very end; U: quantifiers are lazy unless followed by `?`. */
  readonly letters: ReadonlySet<'i' | 's' | 'm' | 'x' | 'A' | 'D' | 'U'>
}

type Scope = { i: boolean; s: boolean; m: boolean; x: boolean }

export function readPcre(text: string, flags: PcreFlags): Pattern {
  const reader = new PcreReader(text, flags)
  const body = reader.choice(0)
  if (reader.at < text.length) throw new PatternError('unmatched closing parenthesis', reader.at)
  if (reader.highestReference > reader.groups) {
    throw new PatternError('reference to non-existent subpattern', text.length)
  }
  const root: Node = flags.letters.has('A')
    ? { kind: 'sequence', parts: [{ kind: 'assert', what: 'text-start' }, body] }
    : body
  return { root, groups: reader.groups, names: reader.names }
}

class PcreReader {
  at = 0
  groups = 0
  highestReference = 0
  readonly names = new Map<string, number>()
  readonly #text: string
  readonly #flags: PcreFlags
  #scope: Scope
  #literalUntil = -1

  constructor(text: string, flags: PcreFlags) {
    this.#text = text
    this.#flags = flags
    // `(*UTF)` and its like change nothing for the bytes of mail.
    this.at =
      /^(?:\(\*(?:UTF8?|UCP|NO_AUTO_POSSESS|NO_START_OPT|LF|ANYCRLF|ANY)\))*/.exec(text)?.[0].length ?? 0
    const has = (letter: 'i' | 's' | 'm' | 'x') => flags.letters.has(letter)
    this.#scope = { i: has('i'), s: has('s'), m: has('m'), x: has('x') }
  }

  choice(depth: number): Node {
    if (depth > 200) throw new PatternError('parentheses are too deeply nested', this.at)
    const outer = this.#scope
    this.#scope = { ...outer }
    const branches = [this.#sequence(depth)]
    while (this.#text[this.at] === '|') {
      this.at++
      branches.push(this.#sequence(depth))
    }
    this.#scope = outer
    const [only] = branches
    return branches.length === 1 && only ? only : { kind: 'choice', branches }
  }

  #sequence(depth: number): Node {
    const parts: Node[] = []
    for (;;) {
      this.#skipBlanks()
      const char = this.#text[this.at]
      if (char === undefined || char === '|' || char === ')') return { kind: 'sequence', parts }
      const atom = this.#atom(depth)
      if (atom) parts.push(this.#repeated(atom))
    }
  }

  /** With x on, blanks and `# comments` are nothing. */
  #skipBlanks(): void {
    if (!this.#scope.x || this.at < this.#literalUntil) return
    for (;;) {
      const char = this.#text[this.at]
      if (char === '#') {
        const end = this.#text.indexOf('\n', this.at)
        this.at = end < 0 ? this.#text.length : end + 1
      } else if (char !== undefined && /\s/.test(char)) this.at++
      else return
    }
  }

  #repeated(atom: Node): Node {
    let node = atom
    // `\Qa.b\E+` repeats the b.
    if (this.#text.startsWith('\\E', this.at)) this.at += 2
    for (;;) {
      this.#skipBlanks()
      const count = this.#count()
      if (!count) return node
      const suffix = this.#text[this.at]
      const lazy = this.#flags.letters.has('U')
      let greed: 'greedy' | 'lazy' | 'possessive' = lazy ? 'lazy' : 'greedy'
      if (suffix === '?') greed = lazy ? 'greedy' : 'lazy'
      if (suffix === '+') greed = 'possessive'
      if (suffix === '?' || suffix === '+') this.at++
      node = { kind: 'repeat', body: node, ...count, greed }
    }
  }

  #count(): { least: number; most: number } | null {
    if (this.at < this.#literalUntil) return null
    switch (this.#text[this.at]) {
      case '*':
        this.at++
        return { least: 0, most: Infinity }
      case '+':
        this.at++
        return { least: 1, most: Infinity }
      case '?':
        this.at++
        return { least: 0, most: 1 }
      default: {
        const braces = /^\{(\d{1,6})(,?)(\d{0,6})\}/.exec(this.#text.slice(this.at, this.at + 20))
        if (!braces) return null
        this.at += braces[0].length
        const least = Number(braces[1])
        const most = braces[2] === '' ? least : braces[3] === '' ? Infinity : Number(braces[3])
        if (least > 65535) throw new PatternError('number too big in {} quantifier', this.at)
        if (most < least) throw new PatternError('numbers out of order in {} quantifier', this.at)
        return { least, most }
      }
    }
  }

  /** Null for what matches nothing and is nothing: `(?i)`, a comment, `\E`. */
  #atom(depth: number): Node | null {
    const char = this.#text[this.at] ?? ''
    if (this.at < this.#literalUntil) return this.#literal()
    switch (char) {
      case '(':
        return this.#group(depth)
      case '[':
        return this.#bracket()
      case '\\':
        return this.#escape()
      case '.':
        this.at++
        return this.#set(this.#scope.s ? [[0, lastCode]] : complement([[10, 10]]))
      case '^':
        this.at++
        return { kind: 'assert', what: this.#scope.m ? 'line-start' : 'text-start' }
      case '$':
        this.at++
        if (this.#scope.m) return { kind: 'assert', what: 'line-end' }
        return { kind: 'assert', what: this.#flags.letters.has('D') ? 'text-end' : 'text-end-or-newline' }
      case '*':
      case '+':
      case '?':
        throw new PatternError('quantifier does not follow a repeatable item', this.at)
      default:
        return this.#literal()
    }
  }

  #literal(): Node {
    const code = this.#text.charCodeAt(this.at++)
    return this.#set([[code, code]])
  }

  #set(ranges: Ranges, negated = false): Node {
    return { kind: 'set', ranges, negated, fold: this.#scope.i }
  }

  #group(depth: number): Node | null {
    const back = /^\(\?P=(\w+)\)/.exec(this.#text.slice(this.at, this.at + 64))
    if (back) {
      this.at += back[0].length
      return this.#named(back[1] ?? '')
    }
    const head =
      /^\((?:\?(?:#[^)]*\)|P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)'|<[=!]|[=!>:|]|([imsx]*(?:-[imsx]*)?)([:)])))?/.exec(
        this.#text.slice(this.at, this.at + 1024),
      )
    const opening = head?.[0] ?? '('
    if (opening === '(' && this.#text[this.at + 1] === '?') {
      throw new PatternError('unrecognized character after (? or (?-', this.at + 2)
    }
    if (opening === '(' && this.#text[this.at + 1] === '*') {
      throw new PatternError('(*VERB) not recognized or malformed', this.at + 2)
    }
    this.at += opening.length
    if (opening.startsWith('(?#')) return null
    if (head?.[4] === ')') {
      this.#scope = withFlags(this.#scope, head[3] ?? '')
      return null
    }
    const outer = this.#scope
    if (head?.[4] === ':') this.#scope = withFlags(outer, head[3] ?? '')
    const node = this.#groupOf(opening, head?.[1] ?? head?.[2], depth)
    this.#scope = outer
    if (this.#text[this.at] !== ')') throw new PatternError('missing closing parenthesis', this.#text.length)
    this.at++
    return node
  }

  #groupOf(opening: string, name: string | undefined, depth: number): Node {
    if (opening === '(' || name !== undefined) {
      const capture = ++this.groups
      if (name !== undefined) this.names.set(name, capture)
      return { kind: 'group', body: this.choice(depth + 1), capture }
    }
    if (opening === '(?|') return { kind: 'group', body: this.#numberedAlike(depth + 1), capture: null }
    const body = this.choice(depth + 1)
    switch (opening) {
      case '(?=':
      case '(?!':
        return { kind: 'look', body, direction: 'ahead', negated: opening === '(?!' }
      case '(?<=':
      case '(?<!':
        return { kind: 'look', body, direction: 'behind', negated: opening === '(?<!' }
      case '(?>':
        return { kind: 'atomic', body }
      default:
        return { kind: 'group', body, capture: null }
    }
  }

  /** `(?|(a)|(b))`: every branch counts its groups from the same number. */
  #numberedAlike(depth: number): Node {
    if (depth > 200) throw new PatternError('parentheses are too deeply nested', this.at)
    const first = this.groups
    let most = first
    const branches: Node[] = []
    do {
      if (branches.length > 0) this.at++
      this.groups = first
      branches.push(this.#sequence(depth))
      most = Math.max(most, this.groups)
    } while (this.#text[this.at] === '|')
    this.groups = most
    return { kind: 'choice', branches }
  }

  #named(name: string): Node {
    const group = this.names.get(name)
    if (group === undefined) throw new PatternError('reference to non-existent subpattern', this.at)
    return { kind: 'back', group, fold: this.#scope.i }
  }

  #property(letter: string): Ranges {
    const property = readProperty(this.#text.slice(this.at, this.at + 64))
    if (property === null) throw new PatternError('unknown property after \\P or \\p', this.at)
    this.at += property.length
    return letter === 'p' ? property.ranges : complement(property.ranges)
  }

  #escape(): Node | null {
    const start = this.at
    const char = this.#text[this.at + 1]
    if (char === undefined) throw new PatternError('\\ at end of pattern', this.#text.length)
    this.at += 2
    const ranges = classEscapes[char]
    if (ranges) return this.#set(ranges)
    switch (char) {
      case 'Q': {
        const end = this.#text.indexOf('\\E', this.at)
        this.#literalUntil = end < 0 ? this.#text.length : end
        return null
      }
      case 'E':
      case 'K':
        return null
      case 'A':
      case 'G':
        return { kind: 'assert', what: 'text-start' }
      case 'z':
        return { kind: 'assert', what: 'text-end' }
      case 'Z':
        return { kind: 'assert', what: 'text-end-or-newline' }
      case 'b':
        return { kind: 'assert', what: 'word-boundary' }
      case 'B':
        return { kind: 'assert', what: 'no-word-boundary' }
      case 'R':
        return this.#newline()
      case 'p':
      case 'P':
        return { kind: 'set', ranges: this.#property(char), negated: false, fold: false }
      case 'X':
        return this.#set([[0, lastCode]])
      default: {
        const reference = this.#reference(char)
        if (reference) return reference
        this.at = start
        const code = this.#charEscape()
        return this.#set([[code, code]])
      }
    }
  }

  #newline(): Node {
    const crlf: Node = { kind: 'sequence', parts: [this.#set([[13, 13]]), this.#set([[10, 10]])] }
    return { kind: 'atomic', body: { kind: 'choice', branches: [crlf, this.#set(vertical)] } }
  }

  #reference(char: string): Node | null {
    const rest = this.#text.slice(this.at, this.at + 64)
    const named = char === 'k' ? /^(?:<(\w+)>|'(\w+)'|\{(\w+)\})/.exec(rest) : null
    const numbered = char === 'g' ? /^(?:\{(\d+)\}|(\d+))/.exec(rest) : null
    let group: number
    if (named) {
      const found = this.names.get(named[1] ?? named[2] ?? named[3] ?? '')
      if (found === undefined) throw new PatternError('reference to non-existent subpattern', this.at)
      group = found
      this.at += named[0].length
    } else if (numbered) {
      group = Number(numbered[1] ?? numbered[2])
      this.at += numbered[0].length
    } else if (/[1-9]/.test(char)) {
      group = Number(char)
    } else return null
    this.highestReference = Math.max(this.highestReference, group)
    return { kind: 'back', group, fold: this.#scope.i }
  }

  /** `\x41`, `\x{41}`, `\101`, `\n`, `\.`: stands on the backslash. */
  #charEscape(): number {
    const rest = this.#text.slice(this.at, this.at + 12)
    const hex = /^\\x(?:\{([0-9a-fA-F]{1,4})\}|([0-9a-fA-F]{0,2}))/.exec(rest)
    if (hex) {
      this.at += hex[0].length
      return parseInt(hex[1] ?? hex[2] ?? '', 16) || 0
    }
    const octal = /^\\(0[0-7]{0,2})/.exec(rest)
    if (octal) {
      this.at += octal[0].length
      return parseInt(octal[1] ?? '0', 8)
    }
    const char = rest[1] ?? ''
    this.at += 2
    const known = charEscapes[char]
    if (known !== undefined) return known
    if (/[A-Za-z]/.test(char)) throw new PatternError('unrecognized character follows \\', this.at - 1)
    return char.charCodeAt(0)
  }

  #bracket(): Node {
    this.at++
    const negated = this.#text[this.at] === '^'
    if (negated) this.at++
    const ranges: (readonly [number, number])[] = []
    for (let first = true; ; first = false) {
      const char = this.#text[this.at]
      if (char === undefined) {
        throw new PatternError('missing terminating ] for character class', this.#text.length)
      }
      if (char === ']' && !first) break
      const from = this.#bracketItem()
      if (typeof from !== 'number') {
        ranges.push(...from)
        continue
      }
      const dash = this.#text[this.at] === '-' && this.#text[this.at + 1] !== ']'
      if (!dash) {
        ranges.push([from, from])
        continue
      }
      this.at++
      const to = this.#bracketItem()
      if (typeof to !== 'number') ranges.push([from, from], [45, 45], ...to)
      else if (to < from) throw new PatternError('range out of order in character class', this.at - 1)
      else ranges.push([from, to])
    }
    this.at++
    return this.#set(ranges, negated)
  }

  #bracketItem(): number | Ranges {
    const named = /^\[:(\^?)(\w+):\]/.exec(this.#text.slice(this.at, this.at + 14))
    if (named) {
      const found = namedClasses[named[2] ?? '']
      if (!found) throw new PatternError('unknown POSIX class name', this.at)
      this.at += named[0].length
      return named[1] === '^' ? complement(found) : found
    }
    if (this.#text[this.at] !== '\\') return this.#text.charCodeAt(this.at++)
    const char = this.#text[this.at + 1]
    if (char === undefined) throw new PatternError('\\ at end of pattern', this.#text.length)
    const ranges = classEscapes[char]
    if (ranges) {
      this.at += 2
      return ranges
    }
    if (char === 'p' || char === 'P') {
      this.at += 2
      return this.#property(char)
    }
    if (char === 'b') {
      this.at += 2
      return 8
    }
    return this.#charEscape()
  }
}

function withFlags(scope: Scope, letters: string): Scope {
  const [on = '', off = ''] = letters.split('-')
  const next = { ...scope }
  for (const letter of on) next[letter as keyof Scope] = true
  for (const letter of off) next[letter as keyof Scope] = false
  return next
}
