/** The words of a master file, record by record: comments gone, parentheses joined, quotes and escapes read. RFC 1035 §5.1 */
import type { ZoneProblem } from './zone.ts'

export type Token = {
  readonly text: string
  readonly quoted: boolean
  readonly line: number
  readonly column: number
}

/** What stands on one line, or on several within parentheses. */
export type Entry = {
  /** Whether it begins at the edge: then its first word is a name. */
  readonly startsLine: boolean
  readonly tokens: readonly Token[]
}

/** Longer words are refused: a TXT string has at most 255 bytes, a name 253. */
const longestToken = 4096

export function readEntries(text: string): {
  readonly entries: readonly Entry[]
  readonly problems: readonly ZoneProblem[]
} {
  const entries: Entry[] = []
  const problems: ZoneProblem[] = []
  let tokens: Token[] = []
  let startsLine = true
  let opened: { line: number; column: number } | null = null

  const lines = text.split(/\r\n|\n|\r/)
  for (const [index, content] of lines.entries()) {
    const line = index + 1
    if (opened === null) startsLine = !/^[ \t]/.test(content)
    // One expression from left to right: it never goes back.
    const word = /([ \t]+)|(;.*)|([()])|"((?:[^"\\]|\\.)*)("?)|((?:[^\s;()"\\]|\\.?)+)|(.)/gsy
    for (let found = word.exec(content); found !== null; found = word.exec(content)) {
      const [, , , parenthesis, quotedText, closing, plain] = found
      const column = found.index + 1
      if (parenthesis === '(') {
        if (opened !== null) problems.push({ line, column, message: 'a parenthesis within a parenthesis' })
        opened ??= { line, column }
      } else if (parenthesis === ')') {
        if (opened === null) problems.push({ line, column, message: 'this parenthesis was not opened' })
        opened = null
      } else if (quotedText !== undefined || plain !== undefined) {
        if (quotedText !== undefined && closing === '') {
          problems.push({ line, column, message: 'a quote that is not closed on its line' })
        }
        const raw = unescape(quotedText ?? plain ?? '')
        if (raw.length > longestToken) problems.push({ line, column, message: 'this word is too long' })
        else tokens.push({ text: raw, quoted: quotedText !== undefined, line, column })
      }
    }
    if (opened !== null && index < lines.length - 1) continue
    if (opened !== null) problems.push({ ...opened, message: 'this parenthesis is never closed' })
    if (tokens.length > 0) entries.push({ startsLine, tokens })
    tokens = []
  }
  return { entries, problems }
}

/** `\DDD` is the byte of that decimal number, `\X` the character X without its meaning. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(
    /\\(?:(\d{3})|(.?))/gs,
    (_all, number: string | undefined, character: string | undefined) =>
      number === undefined ? (character ?? '') : String.fromCharCode(Number(number) & 0xff),
  )
}
