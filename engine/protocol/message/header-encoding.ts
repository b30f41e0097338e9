/**
 * Header texts that are not plain ASCII as encoded words, and long lines folded at blanks, as Dovecot writes the mail
 * that it sends itself.
 *
 * RFC 2047 §2; RFC 5322 §2.2.3. UTF-8, one character a byte.
 */
import { encodeBase64 } from '../bytes/base64.ts'
import { latin1 } from '../bytes/text.ts'

const wrapper = '=?utf-8?q??='.length
const longestEncodedLine = 76
const longestLine = 80

/** From the first word that needs it to the last one. */
export function encodeHeaderText(text: string): string {
  const words = [...text.matchAll(/[^ \t\r\n]+/g)].filter(([word]) => needsEncoding(word))
  const first = words[0]
  const last = words.at(-1)
  if (first === undefined || last === undefined) return text
  const start = first.index
  const end = last.index + last[0].length
  const prefix = text.slice(0, start)
  const coded = text.slice(start, end)
  const special = coded.replace(/[\x20-\x7e]/g, '').length
  const quotedLength = coded.length + special * 3
  const base64Length = Math.ceil(coded.length / 3) * 4 + 2
  const firstLine = prefix.length - (prefix.lastIndexOf('\n') + 1)
  const encoded =
    Math.floor((quotedLength * 2) / 3) <= base64Length
      ? quotedWords(coded, firstLine)
      : base64Words(coded, firstLine)
  return prefix + encoded + text.slice(end)
}

const needsEncoding = (word: string): boolean => /[^\x20-\x7e]|^=\?/.test(word)

/** The characters of a text: each with all of its bytes. */
const characters = (text: string): readonly string[] =>
  text.match(/[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]*|[\x80-\xbf]/g) ?? []

function quotedWords(text: string, firstLine: number): string {
  let left = longestEncodedLine - wrapper
  let whole = ''
  if (firstLine >= longestEncodedLine - wrapper - 3) {
    whole += '\n\t'
    left--
  } else {
    left -= firstLine
  }
  whole += '=?utf-8?q?'
  for (const character of characters(text)) {
    const coded = quotedCharacter(character)
    if (coded.length > left) {
      whole += '?=\n\t=?utf-8?q?'
      left = longestEncodedLine - wrapper - 1
    }
    whole += coded
    left -= coded.length
  }
  return `${whole}?=`
}

function quotedCharacter(character: string): string {
  if (character === ' ') return '_'
  if (/^[\x21-\x7e]$/.test(character) && !'=?_'.includes(character)) return character
  return Array.from(character, (c) => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`).join(
    '',
  )
}

function base64Words(text: string, firstLine: number): string {
  let whole = ''
  let room = longestEncodedLine - wrapper - firstLine
  if (room < 12) {
    whole += '\n\t'
    room = longestEncodedLine - wrapper - 1
  }
  let piece = ''
  const pieces: string[] = []
  for (const character of characters(text)) {
    if (Math.ceil((piece.length + character.length) / 3) * 4 > room) {
      pieces.push(piece)
      piece = ''
      room = longestEncodedLine - wrapper - 1
    }
    piece += character
  }
  pieces.push(piece)
  return whole + pieces.map((one) => `=?utf-8?b?${encodeBase64(latin1(one))}?=`).join('\n\t')
}

/** `Name: value` with CRLF, folded at blanks so that lines stay short where they can. */
export function foldedField(name: string, value: string): string {
  const [first = '', ...more] = value.replace(/\r?\n/g, '\n').split('\n')
  const lines = [...folded(`${name}: ${first}`, name.length + 2), ...more.flatMap((line) => folded(line, 1))]
  return `${lines.join('\r\n')}\r\n`
}

/** `from`: no fold before this column. */
function folded(line: string, from: number): readonly string[] {
  const lines: string[] = []
  let rest = line
  let least = from
  while (rest.length > longestLine) {
    const before = rest.slice(0, longestLine + 1).search(/[ \t]+[^ \t]*$/)
    const after = rest.slice(longestLine).search(/[ \t]/) + longestLine
    const at = before > least ? before : after
    if (at < longestLine && at !== before) break
    lines.push(rest.slice(0, at))
    rest = `\t${rest.slice(at).replace(/^[ \t]+/, '')}`
    least = 1
  }
  return [...lines, rest]
}
