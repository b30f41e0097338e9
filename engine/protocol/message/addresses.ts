/**
 * Addresses of a header field, each as name, route, mailbox and host; a group as its begin and its end.
 *
 * RFC 5322 §3.4; the four parts: RFC 3501 §7.4.2 (ENVELOPE). What is broken is read as Dovecot reads it.
 */
export type HeaderAddress = {
  readonly name: string | null
  readonly route: string | null
  readonly mailbox: string | null
  readonly host: string | null
}

type Token = {
  readonly kind: 'atom' | 'quoted' | 'comment' | 'literal' | 'special'
  readonly text: string
  readonly spaced: boolean
}

const missingMailbox = 'MISSING_MAILBOX'
const missingHost = 'MISSING_DOMAIN'
const brokenHost = 'SYNTAX_ERROR'
const brokenRoute = 'INVALID_ROUTE'
const mostAddresses = 10_000

const missing: HeaderAddress = { name: null, route: null, mailbox: missingMailbox, host: missingHost }
const groupEnd: HeaderAddress = { name: null, route: null, mailbox: null, host: null }

export function readAddresses(value: string): readonly HeaderAddress[] {
  return new Reader([...tokens(value)]).all()
}

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0
  #inGroup = false

  constructor(all: readonly Token[]) {
    this.#tokens = all
  }

  all(): readonly HeaderAddress[] {
    const addresses: HeaderAddress[] = []
    while (this.#peek() !== undefined && addresses.length < mostAddresses) {
      if (this.#take(',')) {
        if (!this.#inGroup) addresses.push(missing)
      } else if (this.#inGroup && this.#take(';')) {
        addresses.push(groupEnd)
        this.#inGroup = false
        this.#take(',')
      } else {
        const one = this.#address()
        if (one !== null) addresses.push(one)
      }
    }
    if (this.#inGroup) addresses.push(groupEnd)
    return addresses
  }

  /** An address, or the begin of a group. Null when there are only comments. */
  #address(): HeaderAddress | null {
    const start = this.#at
    const words = this.#phrase()
    if (words.length > 0 && !this.#inGroup && this.#take(':')) {
      this.#inGroup = true
      return { ...groupEnd, mailbox: written(words) ?? '' }
    }
    if (this.#take('<')) {
      const angle = this.#angle()
      this.#skip()
      return { name: written(words), ...angle }
    }
    if (words.length === 0 && this.#peek() === undefined) return null
    this.#at = start
    return this.#bare()
  }

  /** Words and dots, comments left out. */
  #phrase(): readonly Token[] {
    const words: Token[] = []
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if (token.kind === 'special' && token.text !== '.') break
      if (token.kind !== 'comment') words.push(token)
      this.#at++
    }
    return words
  }

  /** After `<`. */
  #angle(): Omit<HeaderAddress, 'name'> {
    let route: string | null = null
    if (this.#peek()?.text === '@') {
      route = this.#route()
      if (route === null) return { route: brokenRoute, mailbox: missingMailbox, host: missingHost }
    }
    const mailbox = this.#dotted()
    const host = this.#take('@') ? this.#domain() : null
    const closed = this.#take('>')
    return {
      route,
      mailbox: mailbox ?? missingMailbox,
      host: closed ? (host ?? missingHost) : brokenHost,
    }
  }

  /** `@relay1,@relay2:` */
  #route(): string | null {
    const hosts: string[] = []
    while (this.#take('@')) {
      const host = this.#domain()
      if (host === null) return null
      hosts.push(`@${host}`)
      this.#take(',')
    }
    return this.#take(':') ? hosts.join(',') : null
  }

  /** Without angle brackets: `user@host (Name)`. Words without a sense are a name that has no address. */
  #bare(): HeaderAddress {
    const start = this.#at
    const mailbox = this.#dotted()
    const next = this.#peek()
    if (mailbox !== null && next !== undefined && this.#isWord(next)) {
      this.#at = start
      const words = this.#phrase()
      this.#skip()
      return { ...missing, name: written(words) }
    }
    const host = this.#take('@') ? this.#domain() : null
    const comment = this.#skip()
    return { name: comment, route: null, mailbox: mailbox ?? missingMailbox, host: host ?? missingHost }
  }

  #isWord(token: Token): boolean {
    return (
      token.kind === 'atom' || token.kind === 'quoted' || (token.kind === 'special' && token.text === '.')
    )
  }

  /** A quoted string, or words with dots between them and no blanks. */
  #dotted(): string | null {
    this.#comments()
    let text = ''
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      const dot = token.kind === 'special' && token.text === '.'
      if (!dot && token.kind !== 'atom' && token.kind !== 'quoted') break
      if (text !== '' && (token.spaced || (!dot && !text.endsWith('.')))) break
      text += token.text
      this.#at++
    }
    return text === '' ? null : text
  }

  #domain(): string | null {
    this.#comments()
    const literal = this.#peek()
    if (literal?.kind === 'literal') {
      this.#at++
      return literal.text
    }
    let text = ''
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      const dot = token.kind === 'special' && token.text === '.'
      if (!dot && token.kind !== 'atom') break
      if (text !== '' && !dot && !text.endsWith('.')) break
      text += token.text
      this.#at++
    }
    return text === '' || text.endsWith('.') ? null : text
  }

  /** To the comma; answers the last comment on the way. */
  #skip(): string | null {
    let comment: string | null = null
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if (token.kind === 'special' && token.text === ',') {
        this.#at++
        break
      }
      if (this.#inGroup && token.kind === 'special' && token.text === ';') break
      if (token.kind === 'comment') comment = token.text
      this.#at++
    }
    return comment
  }

  #comments(): void {
    while (this.#peek()?.kind === 'comment') this.#at++
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #take(special: string): boolean {
    const token = this.#peek()
    if (token?.kind !== 'special' || token.text !== special) return false
    this.#at++
    return true
  }
}

/** Words with one blank where there were some; a dot belongs to the word before it. */
function written(words: readonly Token[]): string | null {
  const text = words
    .map((token, i) => (i > 0 && token.spaced && token.kind !== 'special' ? ` ${token.text}` : token.text))
    .join('')
  return text === '' ? null : text
}

const atomEnd = /[\s()<>@,;:."[\]]/

function* tokens(value: string): Generator<Token> {
  let at = 0
  let spaced = false
  while (at < value.length) {
    const c = value.charAt(at)
    if (/\s/.test(c)) {
      spaced = true
      at++
      continue
    }
    if (c === '"' || c === '(' || c === '[') {
      const { text, end, closed } = c === '(' ? comment(value, at) : quoted(value, at, c === '"' ? '"' : ']')
      // A quote that never ends takes all that follows with it.
      if (!closed) {
        yield { kind: 'special', text: '?', spaced }
        return
      }
      const kind = c === '"' ? 'quoted' : c === '(' ? 'comment' : 'literal'
      yield { kind, text: c === '[' ? `[${text}]` : text, spaced }
      at = end
    } else if ('<>@,;:.'.includes(c)) {
      yield { kind: 'special', text: c, spaced }
      at++
    } else {
      const start = at++
      while (at < value.length && !atomEnd.test(value.charAt(at))) at++
      yield { kind: 'atom', text: value.slice(start, at), spaced }
    }
    spaced = false
  }
}

function quoted(value: string, start: number, close: string): { text: string; end: number; closed: boolean } {
  let text = ''
  let at = start + 1
  for (; at < value.length; at++) {
    const c = value.charAt(at)
    if (c === close) return { text, end: at + 1, closed: true }
    if (c === '\\' && at + 1 < value.length) text += value.charAt(++at)
    else text += c
  }
  return { text, end: at, closed: false }
}

function comment(value: string, start: number): { text: string; end: number; closed: boolean } {
  let depth = 0
  let text = ''
  for (let at = start; at < value.length; at++) {
    const c = value.charAt(at)
    if (c === '(' && depth++ === 0) continue
    if (c === ')' && --depth === 0) return { text: text.trim(), end: at + 1, closed: true }
    if (c === '\\' && at + 1 < value.length) text += value.charAt(++at)
    else text += c
  }
  return { text: text.trim(), end: value.length, closed: true }
}
