/**
 * The words of a ManageSieve command: strings in quotes, literals with their length in braces, numbers, atoms.
 *
 * RFC 5804 §4. One character a byte.
 */
import { latin1, strictTextOf } from '../../bytes/text.ts'

export type Word =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'atom'; readonly text: string }

export type WordReading =
  | { readonly kind: 'word'; readonly word: Word; readonly rest: string }
  /** The line ends with `{5+}`: so many bytes come, then the rest of the command. */
  | { readonly kind: 'literal'; readonly length: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'wrong'; readonly problem: string }

/** As long as a string in quotes may be. */
const longestQuoted = 64 * 1024

export function readWord(line: string): WordReading {
  const text = line.replace(/^ +/, '')
  if (text === '') return { kind: 'end' }
  if (text.startsWith('"')) return readQuoted(text)
  const literal = /^\{(\d{1,10})\+?\}$/.exec(text)
  if (literal !== null) return { kind: 'literal', length: Number(literal[1]) }
  const [word = ''] = /^[^ ]+/.exec(text) ?? []
  const rest = text.slice(word.length)
  if (/^\d{1,18}$/.test(word)) {
    return { kind: 'word', word: { kind: 'number', value: Number(word) }, rest }
  }
  if (/[\x00-\x1f"()\\{\x7f-\xff]/.test(word)) return { kind: 'wrong', problem: 'Invalid character in atom' }
  return { kind: 'word', word: { kind: 'atom', text: word }, rest }
}

function readQuoted(text: string): WordReading {
  let value = ''
  for (let i = 1; i < text.length; i++) {
    let c = text.charAt(i)
    if (c === '"') {
      if (strictTextOf(latin1(value)) === null)
        return { kind: 'wrong', problem: 'Invalid UTF-8 character in quoted-string' }
      return { kind: 'word', word: { kind: 'string', text: value }, rest: text.slice(i + 1) }
    }
    if (c === '\\') {
      c = text.charAt(++i)
      if (c !== '"' && c !== '\\')
        return { kind: 'wrong', problem: 'Escaped quoted-string character is not a QUOTED-SPECIAL' }
    }
    value += c
    if (value.length > longestQuoted) return { kind: 'wrong', problem: 'Too long argument' }
  }
  return { kind: 'wrong', problem: 'String contains invalid character' }
}

/** In quotes when it can be, else as a literal. RFC 5804 §4, §1.6. */
export function writeString(text: string): string {
  if (/[\r\n\0]/.test(text)) return `{${text.length}}\r\n${text}`
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
