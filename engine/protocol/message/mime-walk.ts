/**
 * Walks through a message line by line and says what each line is: header of the message, of a part, of a message
 * within it, or body. Boundaries, content types and encodings are all that it knows of MIME; what breaks the rules of
 * RFC 2045 is told where it is asked for.
 *
 * RFC 2045, RFC 2046 §5.1. Nesting is bounded.
 */
import { headerNameLength } from './header.ts'
import { readContentType, readEncoding, type ContentType, type Encoding } from './mime-fields.ts'

export type MimeError = 'nesting' | '8bit in header' | '8bit in 7bit body' | 'encoding domain'

/** Where a field stands. `nested`: in the header of a message/rfc822 within the message. */
export type Where = 'primary' | 'part' | 'nested'

export type MimeItem =
  /** A whole header field, its folded lines joined by LF. */
  | { readonly kind: 'field'; readonly where: Where; readonly text: string }
  /** The header of the message ends here. */
  | { readonly kind: 'header-end' }
  /** A line of a body, or a piece of a line too long for one record. */
  | {
      readonly kind: 'line'
      readonly text: string
      readonly end: LineEnd
      /** It stands between parts: a part begins after it, or none does. */
      readonly boundary?: 'opens' | 'closes'
    }
  | { readonly kind: 'error'; readonly error: MimeError; readonly text: string }

/** Whether a line ends with the text, or the next text belongs to it, too. */
export type LineEnd = 'line ends' | 'line goes on'

export type MimeOptions = {
  readonly headerSize: number
  readonly nesting: number
  readonly boundaryLength: number
  /** Off: everything after the header is one body. */
  readonly mime: 'read' | 'ignored'
  readonly reported: ReadonlySet<MimeError>
}

type State = {
  readonly where: Where | 'body'
  readonly type: ContentType
  readonly encoding: Encoding
}

const plain: ContentType = { type: 'text', subtype: 'plain', boundaries: [] }
const rfc822: ContentType = { type: 'message', subtype: 'rfc822', boundaries: [] }
const other: ContentType = { type: 'other', subtype: '', boundaries: [] }
const sevenBit: Encoding = { name: '7bit', domain: '7bit' }
const eightBit: Encoding = { name: '8bit', domain: '8bit' }

export class MimeWalk {
  #state: State = { where: 'primary', type: plain, encoding: sevenBit }
  /** The innermost last. `parts`: what a part is that does not say. */
  readonly #boundaries: { readonly boundary: string; readonly parts: ContentType }[] = []
  #field: string | null = null
  #before: LineEnd = 'line ends'
  readonly #told = new Set<MimeError>()
  readonly #options: MimeOptions

  constructor(options: MimeOptions) {
    this.#options = options
  }

  /** The next line, or piece of a line. One character a byte. */
  *read(text: string, end: LineEnd): Generator<MimeItem> {
    const continues = this.#before === 'line goes on'
    this.#before = end
    if (this.#state.where !== 'body') {
      if (this.#field !== null && (continues || text.startsWith(' ') || text.startsWith('\t'))) {
        if (this.#field.length < this.#options.headerSize) {
          this.#field += (continues ? '' : '\n') + untilNul(text)
        }
        return
      }
      yield* this.#endField()
      const name = continues ? 0 : headerNameLength(text)
      if (name > 0) {
        // `Subject : x` is kept as `Subject: x`. RFC 5322 §4.5
        this.#field = text.slice(0, name) + untilNul(text.slice(text.indexOf(':', name)))
        return
      }
      yield* this.#endHeader(text)
    }
    yield* this.#body(text, end, continues)
  }

  /** After the last line. */
  *finish(): Generator<MimeItem> {
    yield* this.#endField()
    if (this.#state.where === 'primary') yield { kind: 'header-end' }
  }

  *#endField(): Generator<MimeItem> {
    const text = this.#field
    const { where } = this.#state
    if (text === null || where === 'body') return
    this.#field = null
    if (this.#options.mime === 'read') {
      const type = readContentType(text)
      if (type !== null) yield* this.#setType(type, text)
      const encoding = readEncoding(text)
      if (encoding !== null) this.#state = { ...this.#state, encoding }
    }
    if (hasEighthBit(text)) yield* this.#report('8bit in header', text)
    yield { kind: 'field', where, text }
  }

  *#setType(type: ContentType, text: string): Generator<MimeItem> {
    this.#state = { ...this.#state, type }
    const parts = type.type === 'multipart' && type.subtype === 'digest' ? rfc822 : plain
    for (const boundary of type.boundaries) {
      // Postfix looks at its limit with two levels to spare.
      if (this.#boundaries.length > this.#options.nesting + 1) yield* this.#report('nesting', text)
      else
        this.#boundaries.push({
          boundary: boundary.slice(0, this.#options.boundaryLength),
          parts,
        })
    }
  }

  *#endHeader(text: string): Generator<MimeItem> {
    const { where, type, encoding } = this.#state
    const composite = type.type === 'multipart' || type.type === 'message'
    if (composite && encoding.name !== encoding.domain) yield* this.#report('encoding domain', encoding.name)
    if (where === 'primary') yield { kind: 'header-end' }
    if (text !== '') {
      // No empty line after the header of the message: it gets one. A part stays as it was signed.
      if (where === 'primary') yield { kind: 'line', text: '', end: 'line ends' }
      this.#state = { ...this.#state, where: 'body' }
    } else if (type.type === 'message' && /^(rfc822|global)$/.test(type.subtype)) {
      this.#state = { where: 'nested', type: plain, encoding: sevenBit }
    } else if (type.type === 'multipart') {
      this.#state = { where: 'body', type: other, encoding: sevenBit }
    } else {
      this.#state = { ...this.#state, where: 'body' }
    }
  }

  *#body(text: string, end: LineEnd, continues: boolean): Generator<MimeItem> {
    if (this.#state.encoding.name === '7bit' && hasEighthBit(text)) {
      yield* this.#report('8bit in 7bit body', text)
    }
    const boundary = continues || !text.startsWith('--') || text.length < 3 ? null : this.#passBoundary(text)
    yield { kind: 'line', text, end, ...(boundary === null ? {} : { boundary }) }
  }

  #passBoundary(text: string): 'opens' | 'closes' | null {
    const at = this.#boundaries.findLastIndex(({ boundary }) => text.startsWith(boundary, 2))
    const found = this.#boundaries[at]
    if (!found) return null
    const closing = text.startsWith('--', 2 + found.boundary.length)
    this.#boundaries.length = closing ? at : at + 1
    this.#state = closing
      ? { where: 'body', type: other, encoding: eightBit }
      : { where: 'part', type: found.parts, encoding: sevenBit }
    return closing ? 'closes' : 'opens'
  }

  *#report(error: MimeError, text: string): Generator<MimeItem> {
    if (!this.#options.reported.has(error) || this.#told.has(error)) return
    this.#told.add(error)
    yield { kind: 'error', error, text }
  }
}

/** A NUL ends the text of a field, as in a program in C. */
const untilNul = (text: string): string => {
  const at = text.indexOf('\0')
  return at < 0 ? text : text.slice(0, at)
}

const hasEighthBit = (text: string): boolean => /[\u0080-\u00ff]/.test(text)
