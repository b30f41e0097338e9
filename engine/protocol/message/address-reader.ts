/**
 * Reads one header value for addresses, character by character, forgiving what the last decades have sent: blanks and
 * comments anywhere, dots in names, angle brackets that never close.
 *
 * RFC 5322 §3.2, §3.4, §4.4. Where a value breaks the rules, addresses are those that Dovecot sees.
 */
import type { HeaderAddress } from './addresses.ts'

/** `end`: nothing follows. `failed`: what stands here is not what was looked for. */
type Read = 'more' | 'end' | 'failed'

const missingMailbox = 'MISSING_MAILBOX'
const missingHost = 'MISSING_DOMAIN'
const brokenHost = 'SYNTAX_ERROR'
const brokenRoute = 'INVALID_ROUTE'
const mostAddresses = 10_000
const deepestComment = 1000

const groupEnd: HeaderAddress = { name: null, route: null, mailbox: null, host: null }
const atomCharacter = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\xff]/
const isAtom = (c: string): boolean => atomCharacter.test(c)

type Parts = { name: string | null; route: string | null; mailbox: string | null; host: string | null }

export class AddressReader {
  readonly #text: string
  readonly #found: HeaderAddress[] = []
  #at = 0
  #words = ''
  #comment = ''

  constructor(text: string) {
    this.#text = text
  }

  all(): readonly HeaderAddress[] {
    if (this.#skip() !== 'more') return []
    while (this.#found.length < mostAddresses) {
      if (this.#address() === 'end' || this.#here() !== ',') break
      this.#at++
      const before = this.#skip()
      if (before === 'failed') this.#found.push({ ...groupEnd, mailbox: missingMailbox, host: missingHost })
      if (before !== 'more') break
    }
    return this.#found
  }

  #here(): string {
    return this.#text.charAt(this.#at)
  }

  get #ends(): Read {
    return this.#at < this.#text.length ? 'more' : 'end'
  }

  /** A mailbox or a group. */
  #address(): Read {
    const start = this.#at
    const group = this.#group()
    if (group !== 'failed') return group
    this.#at = start
    return this.#mailbox()
  }

  /** `Friends: a@example.org, b@example.org;` */
  #group(): Read {
    this.#words = ''
    if (this.#phrase() !== 'more' || this.#here() !== ':') return 'failed'
    this.#at++
    let read = this.#skip()
    this.#found.push({ ...groupEnd, mailbox: this.#words })
    if (read === 'more' && this.#here() !== ';') read = this.#members()
    if (read !== 'failed') {
      if (this.#here() === ';') {
        this.#at++
        read = this.#skip()
      } else read = 'failed'
    }
    this.#found.push(groupEnd)
    return read === 'end' ? 'end' : 'more'
  }

  #members(): Read {
    while (this.#found.length < mostAddresses) {
      this.#mailbox()
      if (this.#here() !== ',') break
      this.#at++
      if (this.#skip() !== 'more') return 'failed'
    }
    return 'more'
  }

  #mailbox(): Read {
    const start = this.#at
    const parts: Parts = { ...groupEnd }
    let read = this.#named(parts)
    if (read === 'failed') {
      this.#at = start
      read = this.#bare(parts)
    }
    const host = parts.host === null || parts.host === '' ? missingHost : parts.host
    this.#found.push({ ...parts, mailbox: parts.mailbox ?? missingMailbox, host })
    return read
  }

  /** `Name <mailbox@host>` */
  #named(parts: Parts): Read {
    this.#words = ''
    if (this.#phrase() !== 'more' || this.#here() !== '<') return 'failed'
    parts.name = this.#words === '' ? null : this.#words
    if (this.#angle(parts) === 'failed') parts.host = brokenHost
    return this.#ends
  }

  #angle(parts: Parts): Read {
    this.#at++
    if (this.#skip() !== 'more') return 'failed'
    if (this.#here() === '@') {
      if (this.#route(parts) === 'more' && this.#here() === ':') {
        this.#at++
      } else {
        parts.route = brokenRoute
        if (this.#ends === 'end') return 'failed'
      }
      if (this.#skip() !== 'more') return 'failed'
    }
    if (this.#here() !== '>') {
      if (this.#localPart(parts) !== 'more') return 'failed'
      if (this.#here() === '@' && this.#domain(parts) !== 'more') return 'failed'
    }
    if (this.#here() !== '>') return 'failed'
    this.#at++
    return this.#skip()
  }

  /** `@relay1,@relay2`, once the way that a letter should go. */
  #route(parts: Parts): Read {
    this.#words = ''
    while (this.#here() === '@') {
      this.#words += this.#words === '' ? '@' : ',@'
      const read = this.#readDomain()
      if (read !== 'more') return read
      while (this.#skip() === 'more' && this.#here() === ',') this.#at++
    }
    parts.route = this.#words
    return this.#ends
  }

  /** `mailbox@host (Name)`; words without a host are a name, one word alone is a mailbox. */
  #bare(parts: Parts): Read {
    this.#comment = ''
    const quoted = this.#here() === '"'
    let read = this.#localPart(parts)
    let hasHost = false
    if (read !== 'end' && this.#here() === '@') {
      hasHost = true
      const domain = this.#domain(parts)
      if (domain !== 'more') read = domain
    }
    if (this.#comment !== '') {
      parts.name = this.#comment
    } else if (!hasHost) {
      this.#words += ' '
      const before = this.#words.length
      this.#phrase()
      if (this.#words.length > before) {
        parts.mailbox = null
        parts.name = this.#words
      } else if (quoted && parts.mailbox !== null) {
        parts.name = parts.mailbox
        parts.mailbox = null
      }
      read = 'failed'
    }
    return read
  }

  #localPart(parts: Parts): Read {
    this.#words = ''
    const read = this.#here() === '"' ? this.#quoted() : this.#loose()
    if (read !== 'failed') parts.mailbox = this.#words
    return read
  }

  #domain(parts: Parts): Read {
    this.#words = ''
    const read = this.#readDomain()
    if (read !== 'failed') parts.host = this.#words
    return read
  }

  #readDomain(): Read {
    this.#at++
    if (this.#skip() !== 'more') return 'failed'
    return this.#here() === '[' ? this.#literal() : this.#dotted()
  }

  /** Words with blanks and dots between them. */
  #phrase(): Read {
    if (this.#ends === 'end') return 'end'
    if (this.#here() === '.') return 'failed'
    for (;;) {
      const read = this.#here() === '"' ? this.#quoted() : this.#wordOrDots()
      if (read !== 'more') return read
      if (!isAtom(this.#here()) && this.#here() !== '"' && this.#here() !== '.') break
      this.#words += ' '
    }
    return this.#skip()
  }

  #wordOrDots(): Read {
    const start = this.#at
    while (isAtom(this.#here()) || this.#here() === '.') this.#at++
    this.#words += this.#text.slice(start, this.#at)
    return this.#skip()
  }

  /** Atoms with dots between them; blanks may stand before a dot. */
  #dotted(): Read {
    for (;;) {
      const read = this.#atom()
      if (read !== 'more' || this.#here() !== '.') return read
      this.#at++
      this.#words += '.'
    }
  }

  /** The same of a mailbox, where dots may stand as they like, but no blank after one. */
  #loose(): Read {
    let read: Read = 'failed'
    do {
      while (this.#here() === '.') {
        this.#words += '.'
        this.#at++
        if (this.#ends === 'end') return 'end'
        read = 'more'
      }
      if (this.#here() === '@') break
      read = this.#atom()
    } while (read === 'more' && this.#here() === '.')
    return read
  }

  #atom(): Read {
    const start = this.#at
    while (isAtom(this.#here())) this.#at++
    if (this.#at === start) return 'failed'
    this.#words += this.#text.slice(start, this.#at)
    return this.#skip()
  }

  #quoted(): Read {
    let text = ''
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      let c = this.#here()
      if (c === '"') {
        this.#at++
        this.#words += text
        return this.#skip()
      }
      if (c === '\\') {
        this.#at++
        if (this.#ends === 'end') break
        c = this.#here()
      }
      text += c
    }
    return 'failed'
  }

  /** `[192.0.2.1]` */
  #literal(): Read {
    const start = this.#at++
    while (this.#at < this.#text.length && this.#here() !== '[') {
      if (this.#here() === ']') {
        this.#at++
        this.#words += this.#text.slice(start, this.#at)
        return this.#skip()
      }
      this.#at += this.#here() === '\\' ? 2 : 1
    }
    return 'failed'
  }

  /** Blanks and comments; the last comment is remembered. */
  #skip(): Read {
    for (;;) {
      while (/[ \t\r\n]/.test(this.#here())) this.#at++
      if (this.#here() !== '(') return this.#ends
      if (this.#readComment() === 'failed') return 'failed'
    }
  }

  #readComment(): Read {
    let depth = 1
    this.#comment = ''
    let text = ''
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      let c = this.#here()
      if (c === '(' && ++depth > deepestComment) break
      if (c === ')' && --depth === 0) {
        this.#comment = text
        this.#at++
        return this.#ends
      }
      if (c === '\\') {
        this.#at++
        if (this.#ends === 'end') break
        c = this.#here()
      }
      text += c
    }
    return 'failed'
  }
}
