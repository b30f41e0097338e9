/** The header of a letter that is dealt with: looked into, written anew with fields added or taken away. */
import { concat, latin1, latin1Of } from '#protocol/bytes/text.ts'
import { readHeaderLines, type HeaderLine } from '#protocol/message/header-lines.ts'
import { decodedValues, rawValues } from '#protocol/sieve/message.ts'

export type LetterHeader = {
  readonly lines: readonly HeaderLine[]
  /** Offset of what comes after the empty line. */
  readonly bodyStart: number
}

export function readLetterHeader(content: Uint8Array): LetterHeader {
  const text = latin1Of(content.subarray(0, headerLength(content)))
  return { lines: readHeaderLines(text), bodyStart: text.length }
}

function headerLength(content: Uint8Array): number {
  for (let at = 0; at < content.length;) {
    const newline = content.indexOf(10, at)
    if (newline < 0) return content.length
    if (newline === at || (newline === at + 1 && content[at] === 13)) return newline + 1
    at = newline + 1
  }
  return content.length
}

export const firstValue = (header: LetterHeader, name: string): string | null =>
  rawValues(header.lines, name)[0] ?? null

export const firstDecoded = (header: LetterHeader, name: string): string | null =>
  decodedValues(header.lines, name)[0] ?? null

export const has = (header: LetterHeader, name: string): boolean => rawValues(header.lines, name).length > 0

/** With LF line ends and the empty line. */
export const headerText = (lines: readonly HeaderLine[]): string =>
  `${lines.map(({ raw }) => `${raw.replace(/\r?\n/g, '\n').replace(/\n$/, '')}\n`).join('')}\n`

/** A letter with other fields above the body that it came with. */
export const edited = (content: Uint8Array, lines: readonly HeaderLine[]): Uint8Array =>
  concat([latin1(headerText(lines)), content.subarray(readLetterHeader(content).bodyStart)])
