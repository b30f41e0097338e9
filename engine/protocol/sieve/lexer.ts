/**
 * A script as words: identifiers, `:tags`, numbers, strings and punctuation, each with its line and column.
 *
 * RFC 5228 §2.1 to §2.4, §8.1. One character a byte. What is no Sieve is one `garbage` token, told once.
 * Next: engine/protocol/sieve/parser.ts
 */
import type { Position, Problems } from './problem.ts'

export type Punctuation = '(' | ')' | '[' | ']' | '{' | '}' | ';' | ',' | '/' | ':'

export type Token = Position & {
  /** Offsets into the script: where the token begins, and what comes after it. */
  readonly start: number
  readonly end: number
} & (
    | { readonly kind: 'identifier' | 'tag' | 'string'; readonly text: string }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'punctuation'; readonly text: Punctuation }
    | { readonly kind: 'garbage' | 'error' | 'end' }
  )

export const longestIdentifier = 32
export const longestString = 1 << 20
const largestNumber = 18_446_744_073_709_551_615n

/** As in "but found …". */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'end of file'
    case 'punctuation':
      return `'${token.text}'`
    case 'garbage':
      return 'unknown characters'
    case 'error':
      return 'error token (bug)'
    default:
      return token.kind
  }
}

const blank = /[ \t\r\n]/
const letter = /[A-Za-z_]/
const word = /[A-Za-z0-9_]/
const digit = /[0-9]/
const punctuation = '()[]{};,'

export class Lexer {
  readonly #text: string
  readonly #problems: Problems
  #at = 0
  #line = 1
  #lineStart = 0
  #token: Token

  constructor(text: string, problems: Problems) {
    this.#text = text
    this.#problems = problems
    this.#token = this.#read()
  }

  get token(): Token {
    return this.#token
  }

  /** Where the token before ended, for the text of a command. */
  get at(): number {
    return this.#at
  }

  skip(): void {
    if (this.#token.kind !== 'end') this.#token = this.#read()
  }

  is(text: Punctuation): boolean {
    return this.#token.kind === 'punctuation' && this.#token.text === text
  }

  #read(): Token {
    const trouble = this.#skipBlanks()
    const start = this.#at
    const where = this.#where()
    const token = (rest: object): Token => ({ ...where, start, end: this.#at, ...rest }) as Token
    if (trouble) return token({ kind: 'error' })
    const c = this.#text.charAt(this.#at)
    if (c === '') return token({ kind: 'end' })
    if (c === '"') return this.#quoted(token, where)
    if (digit.test(c)) return this.#number(token, where)
    if (letter.test(c)) return this.#identifier(token, where)
    if (c === ':') {
      this.#at++
      if (!letter.test(this.#text.charAt(this.#at))) return token({ kind: 'punctuation', text: ':' })
      const tag = this.#word()
      return tag.length > longestIdentifier
        ? this.#tooLong(token, ':', tag)
        : token({ kind: 'tag', text: tag })
    }
    if (c === '/' || punctuation.includes(c)) {
      this.#at++
      return token({ kind: 'punctuation', text: c })
    }
    return this.#garbage(token, where)
  }

  /** Blanks and comments. True when a comment is broken. */
  #skipBlanks(): boolean {
    for (;;) {
      const c = this.#text.charAt(this.#at)
      if (c === '#') {
        if (this.#hashComment()) return true
      } else if (c === '/' && this.#text.charAt(this.#at + 1) === '*') {
        if (this.#bracketComment()) return true
      } else if (c !== '' && blank.test(c)) {
        this.#advance()
      } else {
        return false
      }
    }
  }

  #hashComment(): boolean {
    for (;;) {
      const c = this.#text.charAt(this.#at)
      if (c === '\n') {
        this.#advance()
        return false
      }
      if (c === '') {
        this.#problems.warning(this.#where(), 'no newline (CRLF) at end of hash comment at end of file')
        return false
      }
      if (c === '\0') {
        this.#problems.error(this.#where(), 'encountered NUL character in hash comment')
        return true
      }
      this.#at++
    }
  }

  #bracketComment(): boolean {
    const { line } = this.#where()
    this.#at += 2
    for (;;) {
      const c = this.#text.charAt(this.#at)
      if (c === '*' && this.#text.charAt(this.#at + 1) === '/') {
        this.#at += 2
        return false
      }
      if (c === '') {
        const text = `end of file before end of bracket comment ('/* ... */') started at line ${line}`
        this.#problems.error(this.#where(), text)
        return true
      }
      if (c === '\0') {
        this.#problems.error(this.#where(), 'encountered NUL character in bracket comment')
        return true
      }
      this.#advance()
    }
  }

  #quoted(token: (rest: object) => Token, where: Position): Token {
    const started = `quoted string started at line ${where.line}`
    this.#at++
    let value = ''
    for (;;) {
      let c = this.#text.charAt(this.#at)
      if (c === '"') {
        this.#at++
        break
      }
      // A backslash takes the next character as it is; RFC 5228 §2.4.2.
      if (c === '\\') {
        this.#at++
        c = this.#text.charAt(this.#at)
      }
      if (c === '') return this.#broken(token, `end of file before end of ${started}`)
      if (c === '\0') return this.#broken(token, `encountered NUL character in ${started}`)
      if (c === '\r') {
        this.#at++
        if (this.#text.charAt(this.#at) !== '\n')
          return this.#broken(token, `found stray carriage-return (CR) character in ${started}`)
        c = '\n'
      }
      if (value.length <= longestString) value += c === '\n' ? '\r\n' : c
      this.#advance()
    }
    return this.#string(token, value, started)
  }

  /** `text:`, the rest of its line, then lines up to a dot alone. RFC 5228 §2.4.2. */
  #multiline(token: (rest: object) => Token, where: Position): Token {
    while (this.#text.charAt(this.#at) === ' ' || this.#text.charAt(this.#at) === '\t') this.#at++
    if (this.#text.charAt(this.#at) === '#') {
      if (this.#hashComment()) return token({ kind: 'error' })
    } else {
      if (this.#text.charAt(this.#at) === '\r') this.#at++
      const c = this.#text.charAt(this.#at)
      if (c === '') return this.#broken(token, 'end of file before end of multi-line string')
      if (c !== '\n') {
        const shown = c > ' ' && c < '\x7f' ? `'${c}'` : hex(c)
        return this.#broken(token, `invalid character ${shown} after 'text:' in multiline string`)
      }
      this.#advance()
    }
    return this.#multilineBody(token, where)
  }

  #multilineBody(token: (rest: object) => Token, where: Position): Token {
    let value = ''
    let lineStart = true
    for (;;) {
      if (lineStart && this.#text.charAt(this.#at) === '.') {
        this.#at++
        const after = this.#text.charAt(this.#at)
        if (after === '\n' || (after === '\r' && this.#text.charAt(this.#at + 1) === '\n')) {
          this.#at += after === '\r' ? 1 : 0
          this.#advance()
          return this.#string(token, value, 'multi-line string')
        }
        // `..` stands for a dot at the beginning of a line.
        if (after !== '.') value += '.'
      }
      const c = this.#text.charAt(this.#at)
      if (c === '') return this.#broken(token, 'end of file before end of multi-line string')
      if (c === '\0')
        return this.#broken(token, `encountered NUL character in quoted string started at line ${where.line}`)
      if (c === '\r' && this.#text.charAt(this.#at + 1) !== '\n') {
        this.#at++
        const text = `found stray carriage-return (CR) character in multi-line string started at line ${where.line}`
        return this.#broken(token, text)
      }
      if (c === '\r') this.#at++
      const ends = this.#text.charAt(this.#at) === '\n'
      if (value.length <= longestString) value += ends ? '\r\n' : c
      lineStart = ends
      this.#advance()
    }
  }

  #string(token: (rest: object) => Token, value: string, what: string): Token {
    if (value.length <= longestString) return token({ kind: 'string', text: value })
    return this.#broken(token, `${what} is too long (longer than ${longestString} bytes)`)
  }

  #number(token: (rest: object) => Token, where: Position): Token {
    let value = 0n
    let tooLarge = false
    for (; digit.test(this.#text.charAt(this.#at)); this.#at++) {
      if (value <= largestNumber) value = value * 10n + BigInt(this.#text.charAt(this.#at))
      tooLarge ||= value > largestNumber
    }
    const shift = 'KMG'.indexOf(this.#text.charAt(this.#at).toUpperCase() || '-') + 1
    if (shift > 0) {
      this.#at++
      value <<= BigInt(10 * shift)
    }
    if (tooLarge || value > largestNumber) {
      this.#problems.error(where, `number exceeds integer limits (max ${largestNumber})`)
      return token({ kind: 'error' })
    }
    return token({ kind: 'number', value: Number(value) })
  }

  #identifier(token: (rest: object) => Token, where: Position): Token {
    const text = this.#word()
    if (text.toLowerCase() === 'text' && this.#text.charAt(this.#at) === ':') {
      this.#at++
      return this.#multiline(token, where)
    }
    return text.length > longestIdentifier
      ? this.#tooLong(token, '', text)
      : token({ kind: 'identifier', text })
  }

  #word(): string {
    const start = this.#at
    while (word.test(this.#text.charAt(this.#at))) this.#at++
    return this.#text.slice(start, this.#at)
  }

  #tooLong(token: (rest: object) => Token, colon: '' | ':', text: string): Token {
    const what = colon === '' ? 'identifier' : 'tag identifier'
    return this.#broken(
      token,
      `encountered impossibly long ${what} '${colon}${text.slice(0, longestIdentifier - 3)}...'`,
    )
  }

  #garbage(token: (rest: object) => Token, where: Position): Token {
    const first = this.#text.charAt(this.#at)
    const shown = first > ' ' && first < '\x7f' ? `'${first}'` : hex(first)
    this.#problems.error(where, `unexpected character(s) starting with ${shown}`)
    const ends = (c: string) =>
      c === '' || blank.test(c) || word.test(c) || punctuation.includes(c) || '":/#'.includes(c)
    do this.#at++
    while (!ends(this.#text.charAt(this.#at)))
    return token({ kind: 'garbage' })
  }

  #broken(token: (rest: object) => Token, text: string): Token {
    this.#problems.error(this.#where(), text)
    return token({ kind: 'error' })
  }

  #advance(): void {
    if (this.#text.charAt(this.#at) === '\n') {
      this.#line++
      this.#lineStart = this.#at + 1
    }
    if (this.#at < this.#text.length) this.#at++
  }

  #where(): Position {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 }
  }
}

const hex = (c: string): string => `0x${c.charCodeAt(0).toString(16).padStart(2, '0')}`
