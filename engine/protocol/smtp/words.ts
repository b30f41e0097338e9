/**
 * Cuts a command line into words as Postfix does: at white space, but not inside `<…>` or quotes, and after the
 * colon of `FROM:` and `TO:`. Costs one look at each character.
 *
 * RFC 5321 §2.4, §4.1.1.
 */
export type Word = {
  readonly text: string
  /** A bracket or a quote was left open. */
  readonly broken: 'yes' | 'no'
}

/** The verb first, as it was typed. */
export function splitWords(line: string): readonly Word[] {
  const words: Word[] = []
  let at = 0
  for (;;) {
    while (at < line.length && isSpace(line.charCodeAt(at))) at++
    if (at >= line.length) return words
    const word = readWord(line, at)
    words.push({ text: line.slice(at, word.end), broken: word.broken })
    at = word.end
  }
}

/** The texts of words, with one space between: `EHLO a b` greets as `a b`. */
export const joined = (words: readonly Word[]): string => words.map((word) => word.text).join(' ')

const isSpace = (code: number) => code === 32 || (code >= 9 && code <= 13)

const isFromOrTo = (text: string) => /^(?:from|to)$/i.test(text)

function readWord(line: string, start: number): { end: number; broken: 'yes' | 'no' } {
  let depth = 0
  let quoted = false
  let at = start
  for (; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === '\\') at++
    else if (quoted) quoted = character !== '"'
    else if (character === '"') quoted = true
    else if (character === '<') depth++
    else if (character === '>') depth = Math.max(0, depth - 1)
    else if (depth > 0) continue
    else if (isSpace(line.charCodeAt(at))) break
    else if (character === ':' && isFromOrTo(line.slice(start, at))) return { end: at + 1, broken: 'no' }
  }
  return { end: Math.min(at, line.length), broken: depth > 0 || quoted ? 'yes' : 'no' }
}
