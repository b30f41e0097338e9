/**
 * PREVIEW: the first words of a message, for a list of messages.
 *
 * RFC 8970; Dovecot's own choice of words: those of the first text part, no markup, blanks run together.
 */
import { findTextPart } from './text-part.ts'
import type { MimePart } from '#protocol/message/mime-tree.ts'
import { decodedBody } from '../search/message.ts'
import { named } from '#protocol/named.ts'

const longest = 200

/** UTF-8, one character a byte. */
export function previewOf(message: Uint8Array, root: MimePart): string {
  const part = findTextPart(root)
  if (part === null) return ''
  const whole = decodedBody(part, message)
  const text = part.type.subtype.toLowerCase() === 'html' ? withoutMarkup(whole) : withoutQuotes(whole)
  const words = Array.from(text.replace(/\s+/g, ' ').trim()).slice(0, longest).join('').trimEnd()
  return Buffer.from(words, 'utf8').toString('latin1')
}

/** What the writer quotes is no news. When all is quoted, it is shown all the same. */
function withoutQuotes(text: string): string {
  const own = text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n')
  return own.trim() === '' ? text : own
}

const entities: Readonly<Record<string, string>> = named({
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
})

function withoutMarkup(html: string): string {
  let text = ''
  for (let at = 0; at < html.length;) {
    const open = html.indexOf('<', at)
    text += html.slice(at, open < 0 ? html.length : open)
    if (open < 0) break
    const hidden = /^<(style|script)\b/i.exec(html.slice(open, open + 8))?.[1]
    const end = hidden === undefined ? html.indexOf('>', open) : closing(html, open, hidden)
    if (end < 0) break
    text += ' '
    at = end + 1
  }
  return text.replace(/&(#?\w{1,10});/g, (written, name: string) => {
    const number = /^#x?[0-9a-f]+$/i.test(name) ? Number(name.replace(/^#x/i, '0x').replace(/^#/, '')) : NaN
    if (number > 0 && number <= 0x10ffff) return String.fromCodePoint(number)
    return entities[name.toLowerCase()] ?? written
  })
}

function closing(html: string, from: number, tag: string): number {
  const at = html.toLowerCase().indexOf(`</${tag.toLowerCase()}`, from)
  return at < 0 ? -1 : html.indexOf('>', at)
}
