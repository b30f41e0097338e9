/**
 * The logical lines of a table source: comments and empty lines are nothing, and a line that begins with white space
 * continues the one before it.
 *
 * postmap(1), "TABLE FORMAT".
 */
export type LogicalLine = {
  readonly text: string
  /** Where it begins, 1-based. */
  readonly line: number
}

export type Source = {
  readonly lines: readonly LogicalLine[]
  readonly warnings: readonly string[]
}

/** `file` is only for the warnings. */
export function readSource(file: string, text: string): Source {
  const warnings: string[] = []
  const parts: { texts: string[]; line: number }[] = []

  for (const [i, raw] of text.split('\n').entries()) {
    const physical = raw.replace(/\r$/, '')
    const first = /^[ \t\r\f\v]*/.exec(physical)?.[0].length ?? 0
    if (first === physical.length || physical[first] === '#') continue
    const last = parts.at(-1)
    if (first > 0 && last) last.texts.push(physical)
    else if (first > 0) warnings.push(leadingSpace(file, physical))
    else parts.push({ texts: [physical], line: i + 1 })
  }
  const lines = parts.map(({ texts, line }) => ({ text: trimEnd(texts.join('')), line }))
  return { lines, warnings }
}

function leadingSpace(file: string, text: string): string {
  const shown = text.length > 30 ? `${text.slice(0, 30)}...` : text
  return `${file}: logical line must not start with whitespace: "${shown}"`
}

/** `/\s+$/` looks at every run of white space to its end; this looks once. */
export function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && isSpace(text[end - 1])) end--
  return text.slice(0, end)
}

export const isSpace = (char: string | undefined): boolean => char !== undefined && /[ \t\n\r\f\v]/.test(char)

/** The first word, and what follows the white space after it. */
export function firstWord(text: string): { word: string; rest: string } {
  let end = 0
  while (end < text.length && !isSpace(text[end])) end++
  let start = end
  while (start < text.length && isSpace(text[start])) start++
  return { word: text.slice(0, end), rest: text.slice(start) }
}
