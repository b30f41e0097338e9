/**
 * PREVIEW: the first words of a message, for a list of messages.
 *
 * RFC 8970; Dovecot's own choice of words: those of the first text part, no markup, blanks run together. What the writer
 * quotes is no news; when all is quoted, it is shown as such.
 */
import { findTextPart } from './text-part.ts'
import type { MimePart } from '#protocol/message/mime-tree.ts'
import { decodedBody } from '../search/message.ts'
import { readHtml, type ReadText } from './html-text.ts'

const longest = 200

/** UTF-8, one character a byte. */
export function previewOf(message: Uint8Array, root: MimePart): string {
  const part = findTextPart(root)
  if (part === null) return ''
  const whole = decodedBody(part, message)
  const { own, quoted } = part.type.subtype.toLowerCase() === 'html' ? readHtml(whole) : readPlain(whole)
  const news = tidy(own)
  const words = news === '' && tidy(quoted) !== '' ? `>${tidy(quoted)}` : news
  const shown = Array.from(words).slice(0, longest).join('').trimEnd()
  return Buffer.from(shown, 'utf8').toString('latin1')
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
