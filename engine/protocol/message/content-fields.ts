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
  if (major === '' || (minor === '' && !(reader.isAtEnd() && !slash)) || !reader.isAtParameters())
    return { type: '', subtype: '', parameters: [], said: 'said' }
  return { type: major, subtype: minor, parameters: reader.parameters(), said: 'said' }
}

export type Disposition = { readonly disposition: string; readonly parameters: Parameters }

export function readDisposition(value: string | null): Disposition | null {
  if (value === null) return null
  const reader = new Reader(value)
  const disposition = reader.token()
  return { disposition, parameters: reader.parameters() }
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

type Piece = {
  readonly name: string
  readonly index: number
  readonly extended: boolean
  readonly value: string
}

/** `name*0="a"; name*1="b"` is one parameter, after those that stand alone. Dovecot's reading of what is broken. */
function joined(found: readonly (readonly [string, string])[]): Parameters {
  const whole: (readonly [string, string])[] = []
  const pieces: Piece[] = []
  // A piece without a number has that of the one before.
  let index = 0
  for (const [name, value] of found) {
    const match = /^([^*]*)\*(?:(\d*)(\*?))?$/.exec(name)
    if (match === null) {
      whole.push([name, value])
      continue
    }
    const [, base = '', digits = '', star = ''] = match
    const alone = name.endsWith('*') && digits === '' && star === ''
    if (!alone) index = Number(digits.slice(0, 9))
    pieces.push({ name: base, index, extended: alone || star === '*', value })
  }
  const key = ({ name }: Piece) => name.toLowerCase()
  pieces.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.index - b.index))
  const byName = new Map<string, Piece[]>()
  for (const piece of pieces) byName.set(key(piece), [...(byName.get(key(piece)) ?? []), piece])
  for (const same of byName.values()) whole.push(...together(same))
  return whole
}

/** The pieces of one name: joined when none is missing. */
function together(pieces: readonly Piece[]): Parameters {
  const [first] = pieces
  if (first === undefined) return []
  const extended = pieces.some((piece) => piece.extended)
  if (pieces.some(({ index }, i) => index !== i)) {
    return pieces.map(({ name, index, value }) => [`${name}*${index}${extended ? '*' : ''}`, value] as const)
  }
  // Pieces of which only a later one is encoded have neither charset nor language.
  const prefix = extended && !first.extended ? "''" : ''
  return [[extended ? `${first.name}*` : first.name, prefix + pieces.map(({ value }) => value).join('')]]
}
