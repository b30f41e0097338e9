/**
 * Texts as people read them: encoded words and charsets decoded, and folded so that upper and lower case, and a letter
 * with its accent written apart, are the same.
 *
 * RFC 2047; i;unicode-casemap: RFC 5051.
 */
import { decodeContent } from '#protocol/message/content-encoding.ts'

/** Case and accents as i;unicode-casemap has them: one letter stays one letter. */
export const folded = (text: string): string =>
  /^[\x00-\x7f]*$/.test(text) ? text.toUpperCase() : text.normalize('NFKD').replace(/\p{L}/gu, upper)

function upper(letter: string): string {
  const other = letter.toUpperCase()
  return other.length === letter.length ? other : letter
}

/** Bytes in a charset; one that nobody knows is read as if it were UTF-8. */
export function decodeCharset(bytes: Uint8Array, charset: string): string {
  const decoder = decoderOf(charset)
  return decoder === null
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    : decoder.decode(bytes)
}

/** Whether bytes mean something in a charset; of others than UTF-8 anything may. */
export function isInCharset(bytes: Uint8Array, charset: string): boolean {
  if (!/^utf-?8$/i.test(charset)) return true
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })

const decoders = new Map<string, TextDecoder | null>()

function decoderOf(charset: string): TextDecoder | null {
  const name = charset.toLowerCase()
  if (name === 'us-ascii' || name === 'ascii' || name === '') return decoderOf('utf-8')
  const known = decoders.get(name)
  if (known !== undefined) return known
  let decoder: TextDecoder | null
  try {
    decoder = new TextDecoder(name)
  } catch {
    decoder = decoderOf('utf-8')
  }
  if (decoders.size < 100) decoders.set(name, decoder)
  return decoder
}

const encodedWord =
  /=\?([^?*\s]{1,75})(?:\*[^?]{0,40})?\?([bq])\?([^?\s]*)\?=(?:[ \t\r\n]+(?==\?[^?\s]{1,100}\?[bq]\?))?/gi

/** A header value, one character a byte, as text. */
export function decodeHeaderText(value: string): string {
  if (!value.includes('=?')) return decodeBytes(value)
  let text = ''
  let at = 0
  for (const match of value.matchAll(encodedWord)) {
    const [whole, charset = '', form = '', coded = ''] = match
    text += decodeBytes(value.slice(at, match.index))
    const bytes =
      form.toUpperCase() === 'B'
        ? Buffer.from(coded, 'base64')
        : decodeContent(Buffer.from(coded.replaceAll('_', ' '), 'latin1'), 'quoted-printable')
    text += decodeCharset(bytes, charset)
    at = match.index + whole.length
  }
  return text + decodeBytes(value.slice(at))
}

const decodeBytes = (value: string): string =>
  /^[\x00-\x7f]*$/.test(value) ? value : decodeCharset(Buffer.from(value, 'latin1'), 'utf-8')
