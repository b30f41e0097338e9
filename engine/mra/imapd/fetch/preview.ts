/**
 * PREVIEW: the first words of a message, for a list of messages.
 *
 * RFC 8970; Dovecot's own choice of words: those of the first text part, no markup, blanks run together. What the writer
 * quotes is no news; when all is quoted, it is shown as such.
 */
import { findTextPart } from './text-part.ts'
import { readHtml, type ReadText } from '#protocol/message/html-text.ts'
import type { MimePart } from '#protocol/message/mime-tree.ts'
import { charsetOf, decodedBytes } from '../search/message.ts'
import { decodeCharset } from '../search/text.ts'

const longest = 200

/** UTF-8, one character a byte. */
export function previewOf(message: Uint8Array, root: MimePart): string {
  const part = findTextPart(root)
  if (part === null) return ''
  const whole = decodeCharset(withoutCutOff(decodedBytes(part, message), charsetOf(part)), charsetOf(part))
  const { own, quoted } = part.type.subtype.toLowerCase() === 'html' ? readHtml(whole) : readPlain(whole)
  const news = tidy(own)
  const words = news === '' && tidy(quoted) !== '' ? `>${tidy(quoted)}` : news
  const shown = Array.from(words).slice(0, longest).join('').trimEnd()
  return Buffer.from(shown, 'utf8').toString('latin1')
}

/** As it lies on the disk, and without a character at its end of which some bytes are missing. */
function withoutCutOff(bytes: Uint8Array, charset: string): Uint8Array {
  const lines = bytes.filter((byte, i) => byte !== 13 || bytes[i + 1] !== 10)
  if (/^utf-?16/i.test(charset)) return lines.subarray(0, lines.length & ~1)
  for (let left = 1; left <= 3 && left <= lines.length; left++) {
    const lead = lines[lines.length - left] ?? 0
    const needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
    if (needed > left) return lines.subarray(0, lines.length - left)
  }
  return lines
}

const tidy = (text: string): string =>
  text
    .replaceAll('\0', '')
    .replace(/[ \t\r\n]+/g, ' ')
    .replace(/^ | $/g, '')

function readPlain(text: string): ReadText {
  const lines = text.split('\n')
  const isQuote = (line: string) => line.startsWith('>')
  return {
    own: lines.filter((line) => !isQuote(line)).join('\n'),
    quoted: lines
      .filter(isQuote)
      .map((line) => line.slice(1))
      .join('\n'),
  }
}
