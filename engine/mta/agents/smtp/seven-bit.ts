/**
 * Eight-bit mail for a server that takes only seven: what is declared 8bit or binary becomes quoted-printable, part by
 * part, and says so.
 *
 * RFC 6152 §3; RFC 2045 §6.7 (quoted-printable); postconf(5): disable_mime_output_conversion.
 */
import { readContentType, readEncoding } from '#protocol/message/mime-fields.ts'
import type { MimeItem } from '#protocol/message/mime-walk.ts'

/** The longest line that still grows; what comes after it goes on in the next. */
const critical = 72

export class SevenBit {
  #place: 'header' | 'body' = 'header'
  #domain: '7bit' | '8bit' | 'binary' = '7bit'
  #composite = false

  /** The texts that go out for an item of the message. */
  turn(item: MimeItem): readonly string[] {
    switch (item.kind) {
      case 'field':
        return this.#field(item.text)
      case 'line':
        return this.#line(item.text, item.boundary ?? null)
      case 'header-end':
      case 'error':
        return []
      default:
        return item satisfies never
    }
  }

  #field(text: string): readonly string[] {
    if (this.#place === 'body') this.#begin()
    const type = readContentType(text)
    if (type !== null) this.#composite = type.type === 'message' || type.type === 'multipart'
    const encoding = readEncoding(text)
    if (encoding === null) return [text]
    this.#domain = encoding.domain
    return encoding.domain === '7bit' ? [text] : []
  }

  #line(text: string, boundary: 'opens' | 'closes' | null): readonly string[] {
    const before = this.#place === 'header' ? this.#declared() : []
    this.#place = 'body'
    if (boundary !== null) {
      this.#begin()
      if (boundary === 'closes') this.#place = 'body'
      return [...before, text]
    }
    // The empty line after a header is none of the body's.
    const encoded = before.length === 0 && this.#domain !== '7bit' && !this.#composite
    return [...before, ...(encoded ? quotedPrintable(text) : [text])]
  }

  /** A header begins: what it does not say is text of seven bits. */
  #begin(): void {
    this.#place = 'header'
    this.#domain = '7bit'
    this.#composite = false
  }

  #declared(): readonly string[] {
    if (this.#domain === '7bit') return []
    return [`Content-Transfer-Encoding: ${this.#composite ? '7bit' : 'quoted-printable'}`]
  }
}

/** One line, one character a byte, as lines of at most 76. */
export function quotedPrintable(line: string): readonly string[] {
  const lines: string[] = []
  let out = ''
  for (const character of line) {
    if (out.length > critical) {
      lines.push(`${out}=`)
      out = ''
    }
    out += /[\t -<>-~]/.test(character) ? character : hexadecimal(character)
  }
  const last = out.charAt(out.length - 1)
  if (last === ' ' || last === '\t') out = out.slice(0, -1) + hexadecimal(last)
  return [...lines, out]
}

const hexadecimal = (character: string): string =>
  `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
