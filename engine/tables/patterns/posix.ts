/**
 * POSIX regular expressions, extended and basic, as `regexp:` tables write them; with glibc's additions and its words
 * for what is wrong. Of several ways to match, alternatives are tried from left to right: where POSIX would take the
 * longest, `$0` can differ; whether a text matches cannot.
 *
 * regexp_table(5); regex(7).
 */
import {
  blanks,
  complement,
  lastCode,
  namedClasses,
  PatternError,
  wordChars,
  type Node,
  type Pattern,
  type Ranges,
} from './tree.ts'

export type PosixFlags = {
  readonly syntax: 'extended' | 'basic'
  readonly letters: 'fold' | 'exact'
  /** 'each': `^` and `$` also match at newlines, and `.` does not match one. */
  readonly lines: 'whole' | 'each'
}

export function readPosix(text: string, flags: PosixFlags): Pattern {
  const reader = new PosixReader(text, flags)
  const root = reader.choice(0)
  if (reader.at < text.length) throw new PatternError('Unmatched ) or \\)')
  return { root, groups: reader.groups }
}

class PosixReader {
  at = 0
  groups = 0
  readonly #text: string
  readonly #flags: PosixFlags
  readonly #fold: boolean

  constructor(text: string, flags: PosixFlags) {
    this.#text = text
    this.#flags = flags
    this.#fold = flags.letters === 'fold'
  }

  choice(depth: number): Node {
    if (depth > 100) throw new PatternError('Regular expression too big')
    const branches = [this.#sequence(depth)]
    while (this.#take('|')) branches.push(this.#sequence(depth))
    const [only] = branches
    return branches.length === 1 && only ? only : { kind: 'choice', branches }
  }

  #sequence(depth: number): Node {
    const parts: Node[] = []
    // A `)` that closes nothing is itself in extended syntax.
    const ends = () => this.#sees(')') && (depth > 0 || this.#flags.syntax === 'basic')
    while (this.at < this.#text.length && !this.#sees('|') && !ends()) {
      parts.push(this.#repeated(this.#atom(depth, parts.length === 0)))
    }
    return { kind: 'sequence', parts }
  }

  #repeated(atom: Node): Node {
    let node = atom
    for (;;) {
      const count = this.#count()
      if (!count) return node
      if (atom.kind === 'assert' && atom.what === this.#line('start') && this.#flags.syntax === 'extended') {
        throw new PatternError('Invalid preceding regular expression')
      }
      node = { kind: 'repeat', body: node, ...count, greed: 'greedy' }
    }
  }

  #count(): { least: number; most: number } | null {
    if (this.#text[this.at] === '*') {
      this.at++
      return { least: 0, most: Infinity }
    }
    if (this.#take('+')) return { least: 1, most: Infinity }
    if (this.#take('?')) return { least: 0, most: 1 }
    if (!this.#sees('{')) return null
    this.#take('{')
    const close = this.#flags.syntax === 'extended' ? '}' : '\\}'
    const end = this.#text.indexOf(close, this.at)
    if (end < 0) throw new PatternError('Unmatched \\{')
    const inside = /^(\d*)(,?)(\d*)$/.exec(this.#text.slice(this.at, end))
    if (!inside || (inside[1] === '' && inside[2] === '')) throw new PatternError('Invalid content of \\{\\}')
    this.at = end + close.length
    const least = Number(inside[1] ?? 0)
    const most = inside[2] === '' ? least : inside[3] === '' ? Infinity : Number(inside[3])
    if (least > 32767 || (most !== Infinity && most > 32767))
      throw new PatternError('Regular expression too big')
    if (most < least) throw new PatternError('Invalid content of \\{\\}')
    return { least, most }
  }

  #atom(depth: number, first: boolean): Node {
    const extended = this.#flags.syntax === 'extended'
    const char = this.#text[this.at] ?? ''
    if (this.#take('(')) {
      const group = ++this.groups
      const body = this.choice(depth + 1)
      if (!this.#take(')')) throw new PatternError('Unmatched ( or \\(')
      return { kind: 'group', body, capture: group }
    }
    if (char === '*' && first && !extended) return this.#literal()
    if (char === '*' || (extended && (char === '+' || char === '?' || char === '{'))) {
      throw new PatternError('Invalid preceding regular expression')
    }
    this.at++
    if (char === '^' && (extended || first)) return { kind: 'assert', what: this.#line('start') }
    if (char === '$' && (extended || this.#endsBranch())) return { kind: 'assert', what: this.#line('end') }
    if (char === '.')
      return this.#flags.lines === 'each' ? this.#set([[10, 10]], true) : this.#set([[0, lastCode]])
    if (char === '[') return this.#bracket()
    if (char === '\\') return this.#escape()
    this.at--
    return this.#literal()
  }

  #line(which: 'start' | 'end') {
    if (this.#flags.lines === 'each') return which === 'start' ? 'line-start' : 'line-end'
    return which === 'start' ? 'text-start' : 'text-end'
  }

  #endsBranch(): boolean {
    return this.at >= this.#text.length || this.#sees(')') || this.#sees('|')
  }

  #literal(): Node {
    const code = this.#text.charCodeAt(this.at++)
    return this.#set([[code, code]])
  }

  #set(ranges: Ranges, negated = false): Node {
    return { kind: 'set', ranges, negated, fold: this.#fold }
  }

  #escape(): Node {
    const char = this.#text[this.at]
    if (char === undefined) throw new PatternError('Trailing backslash')
    this.at++
    if (/[1-9]/.test(char)) {
      const group = Number(char)
      if (group > this.groups) throw new PatternError('Invalid back reference')
      return { kind: 'back', group: () => group, fold: this.#fold }
    }
    switch (char) {
      case 'w':
        return this.#set(wordChars)
      case 'W':
        return this.#set(complement(wordChars))
      case 's':
        return this.#set(blanks)
      case 'S':
        return this.#set(complement(blanks))
      case 'b':
        return { kind: 'assert', what: 'word-boundary' }
      case 'B':
        return { kind: 'assert', what: 'no-word-boundary' }
      case '<':
        return { kind: 'assert', what: 'word-start' }
      case '>':
        return { kind: 'assert', what: 'word-end' }
      case '`':
        return { kind: 'assert', what: 'text-start' }
      case "'":
        return { kind: 'assert', what: 'text-end' }
      default:
        this.at--
        return this.#literal()
    }
  }

  #bracket(): Node {
    const unmatched = () => new PatternError('Unmatched [, [^, [:, [., or [=')
    const negated = this.#text[this.at] === '^'
    if (negated) this.at++
    if (this.at >= this.#text.length) throw new PatternError('Invalid regular expression')
    const ranges: (readonly [number, number])[] = []
    for (let first = true; ; first = false) {
      const char = this.#text[this.at]
      if (char === undefined) throw unmatched()
      if (char === ']' && !first) break
      const named = /^\[:(\w*):\]/.exec(this.#text.slice(this.at, this.at + 12))
      if (named) {
        const found = namedClasses[named[1] ?? '']
        if (!found) throw new PatternError('Invalid character class name')
        ranges.push(...found)
        this.at += named[0].length
        continue
      }
      // `[:`, `[.` and `[=` begin a name, and a name has an end.
      if (/^\[[:.=]/.test(this.#text.slice(this.at, this.at + 2)) && !this.#namesChar()) throw unmatched()
      const from = this.#bracketChar()
      if (this.#text[this.at] === '-' && this.#text[this.at + 1] !== ']') {
        this.at++
        if (this.at >= this.#text.length) throw unmatched()
        const to = this.#bracketChar()
        if (to < from) throw new PatternError('Invalid range end')
        ranges.push([from, to])
      } else ranges.push([from, from])
    }
    this.at++
    if (negated && this.#flags.lines === 'each') ranges.push([10, 10])
    return this.#set(ranges, negated)
  }

  #namesChar(): boolean {
    return /^\[([.=])(.)\1\]/.test(this.#text.slice(this.at, this.at + 5))
  }

  /** One character of a bracket expression; `[.x.]` and `[=x=]` name one. A backslash is itself. */
  #bracketChar(): number {
    const named = /^\[([.=])(.)\1\]/.exec(this.#text.slice(this.at, this.at + 5))
    if (named) {
      this.at += named[0].length
      return named[2]?.charCodeAt(0) ?? 0
    }
    return this.#text.charCodeAt(this.at++)
  }

  /** Whether an operator stands here: bare in extended syntax, behind a backslash in basic. */
  #sees(operator: string): boolean {
    return this.#flags.syntax === 'extended'
      ? this.#text[this.at] === operator
      : this.#text[this.at] === '\\' && this.#text[this.at + 1] === operator
  }

  #take(operator: string): boolean {
    if (!this.#sees(operator)) return false
    this.at += this.#flags.syntax === 'extended' ? 1 : 2
    return true
  }
}
