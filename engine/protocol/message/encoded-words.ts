/**
 * Header texts with encoded words, `=?utf-8?q?caf=C3=A9?=`, as UTF-8; what is encoded in no known charset stays as it is.
 *
 * RFC 2047. In and out one character a byte.
 */
import { latin1, latin1Of, utf8 } from '../bytes/text.ts'
import { decodeContent } from './content-encoding.ts'

declare const TextDecoder: new (label: string) => { decode(bytes: Uint8Array): string }

const encodedWord = /=\?([^?*\s]{1,75})(?:\*[^?]{0,40})?\?([bq])\?([^?\s]*)\?=/gi

export function decodeEncodedWords(value: string): string {
  if (!value.includes('=?')) return validUtf8(value)
  let text = ''
  let at = 0
  for (const match of value.matchAll(encodedWord)) {
    const [whole, charset = '', form = '', coded = ''] = match
    const between = value.slice(at, match.index)
    // Blanks between two encoded words are no text. RFC 2047 §6.2.
    if (at === 0 || /[^ \t\r\n]/.test(between)) text += validUtf8(between)
    const bytes =
      form.toUpperCase() === 'B'
        ? decodeContent(latin1(coded), 'base64')
        : decodeContent(latin1(coded.replaceAll('_', ' ')), 'quoted-printable')
    text += toUtf8(bytes, charset) ?? whole
    at = match.index + whole.length
  }
  return text + validUtf8(value.slice(at))
}

/** UTF-8 of bytes in a charset, one character a byte; null: nobody knows the charset. */
export function toUtf8(bytes: Uint8Array, charset: string): string | null {
  const name = charset.toLowerCase()
  if (name === 'utf-8' || name === 'us-ascii' || name === '') return validUtf8(latin1Of(bytes))
  try {
    return latin1Of(utf8(new TextDecoder(name).decode(bytes)))
  } catch {
    return null
  }
}

const lossy = new TextDecoder('utf-8')

/** What is no UTF-8 becomes U+FFFD. */
const validUtf8 = (text: string): string =>
  /^[\x00-\x7f]*$/.test(text) ? text : latin1Of(utf8(lossy.decode(latin1(text))))
