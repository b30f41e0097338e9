/**
 * One address, as redirect and vacation take it: `bob@example.org`, `Bob <bob@example.org>`; and what is wrong with it.
 *
 * RFC 5228 §2.4.2.3; RFC 5322 §3.4.
 */
export type SingleAddress =
  | { readonly ok: true; readonly localPart: string; readonly domain: string; readonly name: string }
  | { readonly ok: false; readonly problem: string }

const wrong = (problem: string): SingleAddress => ({ ok: false, problem })

const atom = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+/y
const looseDots = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]+/y
const domainAtoms =
  /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\xff]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\xff]+)*\.?/y
const quoted = /"(?:[^"\\]|\\[^])*"/y
const literal = /\[[^[\]\\]*\]/y

export function readSingleAddress(text: string): SingleAddress {
  const reader = new Reader(text)
  reader.skip()
  if (reader.atEnd) return wrong('empty address')
  const name = reader.phrase()
  if (name !== null && reader.takes('<')) {
    const address = reader.addrSpec()
    if (!address.ok) return address
    if (!reader.takes('>')) return wrong("missing '>'")
    return reader.end({ ...address, name })
  }
  reader.restart()
  const address = reader.addrSpec()
  return address.ok ? reader.end(address) : address
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  restart(): void {
    this.#at = 0
    this.skip()
  }

  /** Words before a `<`; null when there are none such. */
  phrase(): string | null {
    const words: string[] = []
    for (;;) {
      const word = this.#take(quoted)?.replace(/^"|"$|\\(?=.)/g, '') ?? this.#take(atom)
      if (word === null) break
      words.push(word)
      this.skip()
      if (this.#text.charAt(this.#at) === '.') this.#at++
    }
    return this.#text.charAt(this.#at) === '<' ? words.join(' ') : null
  }

  addrSpec(): SingleAddress {
    this.skip()
    const local = this.#take(quoted) ?? this.#take(looseDots)
    if (local === null) return wrong('invalid local part')
    const localPart = local.startsWith('"') ? local.slice(1, -1).replace(/\\([^])/g, '$1') : local
    this.skip()
    if (!this.takes('@')) return wrong(`invalid or lonely local part '${localPart}' (expecting '@')`)
    this.skip()
    const domain = this.#take(literal) ?? this.#take(domainAtoms)
    if (domain === null || domain.endsWith('.') || this.#text.charAt(this.#at) === '.')
      return wrong('invalid or missing domain')
    this.skip()
    return { ok: true, localPart, domain, name: '' }
  }

  takes(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false
    this.#at++
    return true
  }

  end(address: SingleAddress): SingleAddress {
    this.skip()
    if (this.atEnd) return address
    return wrong(this.takes(',') ? "not a single address (found ',')" : 'address ends in invalid characters')
  }

  /** Blanks and comments. */
  skip(): void {
    let depth = 0
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text.charAt(this.#at)
      if (c === '(') depth++
      else if (depth > 0 && c === ')') depth--
      else if (depth > 0 && c === '\\') this.#at++
      else if (depth === 0 && !/[ \t\r\n]/.test(c)) return
    }
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) return null
    this.#at += found.length
    return found
  }
}

const plainLocal = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/

/** As in an envelope: quoted where it must be. */
export const writeAddress = ({ localPart, domain }: { localPart: string; domain: string }): string =>
  `${plainLocal.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`}@${domain}`
