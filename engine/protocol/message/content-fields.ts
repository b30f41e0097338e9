/**
 * The Content-… fields of a part: type, disposition, language, with their parameters.
 *
 * RFC 2045 §5, RFC 2183, RFC 3282; parameters in pieces: RFC 2231 §3.
 */
export type Parameters = readonly (readonly [name: string, value: string])[]

export type ContentType = {
  readonly type: string
  readonly subtype: string
  readonly parameters: Parameters
  /** Whether the part says so itself. */
  readonly said: 'said' | 'assumed'
}

const token = /[^\x00-\x20()<>@,;:\\"/[\]?=\x7f]+/y
const mostParameters = 1000

export function readContentType(value: string | null, standard: string): ContentType {
  const [type = '', subtype = ''] = standard.split('/')
  const assumed: ContentType = { type, subtype, parameters: [], said: 'assumed' }
  if (value === null) return assumed
  const reader = new Reader(value)
  const major = reader.token()
  const slash = reader.take('/')
  const minor = slash ? reader.token() : ''
  // What makes no sense is no type at all.
  if (major === '' || (slash && minor === '') || !reader.isAtParameters())
    return { type: '', subtype: '', parameters: [], said: 'said' }
  return { type: major, subtype: minor, parameters: reader.parameters(), said: 'said' }
}

export type Disposition = { readonly disposition: string; readonly parameters: Parameters }

export function readDisposition(value: string | null): Disposition | null {
  if (value === null) return null
  const reader = new Reader(value)
  const disposition = reader.token()
  return { disposition, parameters: disposition === '' ? [] : reader.parameters() }
}

/** `base64`; null when it is more than one word, or none. */
export function readEncoding(value: string | null): string | null {
  if (value === null) return null
  const reader = new Reader(value)
  const word = reader.token()
  return word !== '' && reader.isAtEnd() ? word : null
}

export function readLanguages(value: string | null): readonly string[] | null {
  if (value === null) return null
  const reader = new Reader(value)
  const languages: string[] = []
  for (;;) {
    const word = reader.token()
    if (word === '') break
    languages.push(word)
    if (!reader.take(',')) break
  }
  return languages.length === 0 ? null : languages
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  token(): string {
    this.#skip()
    token.lastIndex = this.#at
    const word = token.exec(this.#text)?.[0] ?? ''
    this.#at += word.length
    return word
  }

  take(character: string): boolean {
    this.#skip()
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  isAtParameters(): boolean {
    return this.isAtEnd() || this.#text[this.#at] === ';'
  }

  isAtEnd(): boolean {
    this.#skip()
    return this.#at >= this.#text.length
  }

  parameters(): Parameters {
    const found: [string, string][] = []
    while (this.#toSemicolon() && found.length < mostParameters) {
      const name = this.token()
      if (!this.take('=')) continue
      this.#skip()
      const value = this.#text[this.#at] === '"' ? this.#quoted() : this.#bareValue()
      // A quote that never ends leaves nothing to go on with.
      if (value === null) break
      found.push([name, value])
    }
    return joined(found)
  }

  #toSemicolon(): boolean {
    while (this.#at < this.#text.length && this.#text[this.#at] !== ';') {
      if (this.#text[this.#at] === '"') this.#quoted()
      else this.#at++
    }
    this.#at++
    return this.#at <= this.#text.length
  }

  #bareValue(): string {
    const start = this.#at
    while (this.#at < this.#text.length && !/[;\s"(]/.test(this.#text.charAt(this.#at))) this.#at++
    return this.#text.slice(start, this.#at)
  }

  #quoted(): string | null {
    let value = ''
    this.#at++
    while (this.#at < this.#text.length) {
      const c = this.#text.charAt(this.#at++)
      if (c === '"') return value
      if (c === '\\') value += this.#text.charAt(this.#at++)
      else value += c
    }
    return null
  }

  /** Blanks and comments. */
  #skip(): void {
    let depth = 0
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text.charAt(this.#at)
      if (c === '(') depth++
      else if (c === ')' && depth > 0) depth--
      else if (c === '\\' && depth > 0) this.#at++
      else if (depth === 0 && !/\s/.test(c)) return
    }
  }
}

/** `name*0="a"; name*1="b"` is one parameter. */
function joined(found: readonly (readonly [string, string])[]): Parameters {
  const whole: [string, string][] = []
  const pieces = new Map<string, { name: string; values: string[]; extended: boolean; plain: boolean }>()
  for (const [name, value] of found) {
    const match = /^(.+)\*(\d{1,4})(\*?)$/.exec(name)
    if (match === null) {
      whole.push([name, value])
      continue
    }
    const [, base = '', number, star] = match
    const of = pieces.get(base.toLowerCase()) ?? {
      name: base,
      values: [],
      extended: false,
      plain: number === '0' && star === '',
    }
    if (Number(number) < mostParameters) of.values[Number(number)] = value
    of.extended ||= star === '*'
    pieces.set(base.toLowerCase(), of)
  }
  for (const { name, values, extended, plain } of pieces.values()) {
    // Pieces of which only a later one is encoded have neither charset nor language.
    whole.push([extended ? `${name}*` : name, `${extended && plain ? "''" : ''}${values.join('')}`])
  }
  return whole
}
