/**
 * Perl-compatible regular expressions, as `pcre:` tables write them. Left out: `(*THEN)` and `(*MARK)`; a rule with
 * one is refused with a warning, as a rule with an error is.
 *
 * pcre_table(5); pcre2pattern(3).
 */
import { charEscape, readBracket, readPropertyAt } from './pcre-class.ts'
import { classEscapes, vertical } from './pcre-escapes.ts'
import { Groups, readReference } from './pcre-groups.ts'
import { readOpening, type Opening, type Test } from './pcre-opening.ts'
import {
  complement,
  lastCode,
  lengthOf,
  PatternError,
  type Condition,
  type Node,
  type Pattern,
  type Ranges,
} from './tree.ts'

export type PcreFlags = {
  /** i, s, m, x of Perl; A: anchored; D: `$` only at the very end; U: quantifiers are lazy unless followed by `?`. */
  readonly letters: ReadonlySet<'i' | 's' | 'm' | 'x' | 'A' | 'D' | 'U'>
}

/** Letters of `(?…)`: those of the rule, n: only named groups capture, J: names may be given twice, U: lazy. */
type Scope = Record<'i' | 's' | 'm' | 'x' | 'n' | 'J' | 'U', boolean>

const nothing: Node = { kind: 'sequence', parts: [] }

export function readPcre(text: string, flags: PcreFlags): Pattern {
  const reader = new PcreReader(text, flags)
  const body = reader.choice(0)
  if (reader.at < text.length) throw new PatternError('unmatched closing parenthesis', reader.at)
  const groups = reader.groupCount()
  const root: Node = flags.letters.has('A')
    ? { kind: 'sequence', parts: [{ kind: 'assert', what: 'text-start' }, body] }
    : body
  return { root, groups }
}

class PcreReader {
  at = 0
  readonly #groups = new Groups()
  readonly text: string
  readonly #flags: PcreFlags
  #scope: Scope
  #literalUntil = -1

  constructor(text: string, flags: PcreFlags) {
    this.text = text
    this.#flags = flags
    // `(*UTF)` and its like change nothing for the bytes of mail.
    this.at =
      /^(?:\(\*(?:UTF8?|UCP|NO_AUTO_POSSESS|NO_START_OPT|LF|ANYCRLF|ANY)\))*/.exec(text)?.[0].length ?? 0
    const has = (letter: 'i' | 's' | 'm' | 'x') => flags.letters.has(letter)
    this.#scope = {
      i: has('i'),
      s: has('s'),
      m: has('m'),
      x: has('x'),
      n: false,
      J: false,
      U: flags.letters.has('U'),
    }
  }

  /** When all has been read. */
  groupCount(): number {
    this.#groups.check()
    return this.#groups.count
  }

  choice(depth: number): Node {
    if (depth > 200) throw new PatternError('parentheses are too deeply nested', this.at)
    const outer = this.#scope
    this.#scope = { ...outer }
    const branches = [this.#sequence(depth)]
    while (this.text[this.at] === '|') {
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
      const char = this.text[this.at]
      if (char === undefined || char === '|' || char === ')') return { kind: 'sequence', parts }
      const atom = this.#atom(depth)
      if (atom) parts.push(this.#repeated(atom))
    }
  }

  /** With x on, blanks and `# comments` are nothing. */
  #skipBlanks(): void {
    if (!this.#scope.x || this.at < this.#literalUntil) return
    for (;;) {
      const char = this.text[this.at]
      if (char === '#') {
        const end = this.text.indexOf('\n', this.at)
        this.at = end < 0 ? this.text.length : end + 1
      } else if (char !== undefined && /\s/.test(char)) this.at++
      else return
    }
  }

  #repeated(atom: Node): Node {
    let node = atom
    // `\Qa.b\E+` repeats the b.
    if (this.text.startsWith('\\E', this.at)) this.at += 2
    for (;;) {
      this.#skipBlanks()
      const count = this.#count()
      if (!count) return node
      const suffix = this.text[this.at]
      const lazy = this.#scope.U
      let greed: 'greedy' | 'lazy' | 'possessive' = lazy ? 'lazy' : 'greedy'
      if (suffix === '?') greed = lazy ? 'greedy' : 'lazy'
      if (suffix === '+') greed = 'possessive'
      if (suffix === '?' || suffix === '+') this.at++
      node = { kind: 'repeat', body: node, ...count, greed }
    }
  }

  #count(): { least: number; most: number } | null {
    if (this.at < this.#literalUntil) return null
    switch (this.text[this.at]) {
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
        const braces = /^\{(\d{1,6})(,?)(\d{0,6})\}/.exec(this.text.slice(this.at, this.at + 20))
        if (!braces) return null
        this.at += braces[0].length
        const least = Number(braces[1])
        const most = braces[2] === '' ? least : braces[3] === '' ? Infinity : Number(braces[3])
        if (least > 65535) throw new PatternError('number too big in {} quantifier', this.at - 1)
        if (most < least) throw new PatternError('numbers out of order in {} quantifier', this.at - 1)
        return { least, most }
      }
    }
  }

  /** Null for what matches nothing and is nothing: `(?i)`, a comment, `\E`. */
  #atom(depth: number): Node | null {
    const char = this.text[this.at] ?? ''
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

  #bracket(): Node {
    const { ranges, negated } = readBracket(this)
    return this.#set(ranges, negated)
  }

  #literal(): Node {
    const code = this.text.charCodeAt(this.at++)
    return this.#set([[code, code]])
  }

  #set(ranges: Ranges, negated = false): Node {
    return { kind: 'set', ranges, negated, fold: this.#scope.i }
  }

  #group(depth: number): Node | null {
    const start = this.at
    const { opening, length } = readOpening(this.text, start)
    this.at += length
    switch (opening.kind) {
      case 'nothing':
        return null
      case 'verb':
        return opening
      case 'back':
        return {
          kind: 'back',
          group: this.#groups.find({ kind: 'name', name: opening.name }, start + 4),
          fold: this.#scope.i,
        }
      case 'recurse':
        return { kind: 'recurse', group: this.#groups.find(opening.group, this.at - 1) }
      case 'flags':
        if (opening.until === 'end of group') {
          this.#scope = withFlags(this.#scope, opening.letters)
          return null
        }
    }
    const outer = this.#scope
    if (opening.kind === 'flags') this.#scope = withFlags(outer, opening.letters)
    const node = this.#groupOf(opening, start, depth)
    this.#scope = outer
    if (this.text[this.at] !== ')') throw new PatternError('missing closing parenthesis', this.text.length)
    this.at++
    return node
  }

  #groupOf(opening: Opening, start: number, depth: number): Node {
    if (opening.kind === 'capture') {
      if (opening.name === null && this.#scope.n) {
        return { kind: 'group', body: this.choice(depth + 1), capture: null }
      }
      const capture = ++this.#groups.count
      const again = this.#scope.J ? 'allowed' : 'refused'
      if (opening.name !== null) this.#groups.name(opening.name, capture, again, this.at)
      return { kind: 'group', body: this.choice(depth + 1), capture }
    }
    if (opening.kind === 'condition') return this.#condition(opening.test, start, depth)
    if (opening.kind === 'same-numbers') {
      return { kind: 'group', body: this.#numberedAlike(depth + 1), capture: null }
    }
    const body = this.choice(depth + 1)
    if (opening.kind === 'look') {
      if (opening.direction === 'behind' && !hasFixedLength(body)) {
        throw new PatternError('lookbehind assertion is not fixed length', start)
      }
      return { ...opening, body }
    }
    return opening.kind === 'atomic' ? { kind: 'atomic', body } : { kind: 'group', body, capture: null }
  }

  #condition(test: Test, start: number, depth: number): Node {
    const condition = this.#test(test, depth)
    const body = this.choice(depth + 1)
    const [yes, no = nothing, more] = body.kind === 'choice' ? body.branches : [body]
    if (more) throw new PatternError('conditional subpattern contains more than two branches', start)
    return { kind: 'condition', test: condition, yes: yes ?? nothing, no }
  }

  #test(test: Test, depth: number): Condition {
    if (test.kind === 'recursion' || test.kind === 'define') return test
    if (test.kind === 'group') {
      const at = test.group.kind === 'number' ? this.at - 3 : this.at - 2
      return { kind: 'group', group: this.#groups.find(test.group, at) }
    }
    const look = this.#group(depth + 1)
    if (look?.kind !== 'look') throw new PatternError('assertion expected after (?( or (?(?C)', this.at)
    return { kind: 'look', look }
  }

  /** `(?|(a)|(b))`: every branch counts its groups from the same number. */
  #numberedAlike(depth: number): Node {
    if (depth > 200) throw new PatternError('parentheses are too deeply nested', this.at)
    const first = this.#groups.count
    let most = first
    const branches: Node[] = []
    do {
      if (branches.length > 0) this.at++
      this.#groups.count = first
      branches.push(this.#sequence(depth))
      most = Math.max(most, this.#groups.count)
    } while (this.text[this.at] === '|')
    this.#groups.count = most
    return { kind: 'choice', branches }
  }

  #escape(): Node | null {
    const start = this.at
    const char = this.text[this.at + 1]
    if (char === undefined) throw new PatternError('\\ at end of pattern', this.text.length)
    this.at += 2
    const ranges = classEscapes[char]
    if (ranges) return this.#set(ranges)
    switch (char) {
      case 'Q': {
        const end = this.text.indexOf('\\E', this.at)
        this.#literalUntil = end < 0 ? this.text.length : end
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
        return { kind: 'set', ranges: readPropertyAt(this, char), negated: false, fold: false }
      case 'X':
        return this.#set([[0, lastCode]])
      default: {
        const reference = this.#reference(char)
        if (reference) return reference
        this.at = start
        const code = charEscape(this)
        return this.#set([[code, code]])
      }
    }
  }

  #newline(): Node {
    const crlf: Node = { kind: 'sequence', parts: [this.#set([[13, 13]]), this.#set([[10, 10]])] }
    return { kind: 'atomic', body: { kind: 'choice', branches: [crlf, this.#set(vertical)] } }
  }

  /** Stands behind the letter: `\1`, `\k<name>`, `\g{-1}`; `\g<1>` calls the group instead. */
  #reference(char: string): Node | null {
    const rest = this.text.slice(this.at, this.at + 64)
    const at = this.at
    const call = char === 'g' ? /^(?:<([+-]?\w+)>|'([+-]?\w+)')/.exec(rest) : null
    if (call) {
      this.at += call[0].length
      return { kind: 'recurse', group: this.#groups.find(readReference(call[1] ?? call[2] ?? ''), at) }
    }
    const read =
      char === 'k'
        ? /^(?:<(\w+)>|'(\w+)'|\{(\w+)\})/.exec(rest)
        : char === 'g'
          ? /^(?:\{([+-]?\w+)\}|([+-]?\d+))/.exec(rest)
          : null
    if (!read && !/[1-9]/.test(char)) return null
    // Three octal digits are a character; so are two that count more groups than there are.
    const octal = read ? null : /^[0-7]{1,2}/.exec(rest)
    if (octal && (char + octal[0]).length === 3) return null
    this.at += read?.[0].length ?? 0
    const group = read ? (read[1] ?? read[2] ?? read[3] ?? '') : char
    const place = read ? at + (char === 'k' ? 1 : 0) : at - 1
    return { kind: 'back', group: this.#groups.find(readReference(group), place), fold: this.#scope.i }
  }
}

/** What may stand in a look behind: each of its branches has one length. */
const hasFixedLength = (body: Node): boolean =>
  (body.kind === 'choice' ? body.branches : [body]).every((branch) => lengthOf(branch) !== null)

function withFlags(scope: Scope, letters: string): Scope {
  const [on = '', off = ''] = letters.replace('^', '').split('-')
  const cleared = { i: false, s: false, m: false, x: false, n: false }
  const next = letters.startsWith('^') ? { ...scope, ...cleared } : { ...scope }
  for (const letter of on) next[letter as keyof Scope] = true
  for (const letter of off) next[letter as keyof Scope] = false
  return next
}
