/**
 * `key white-space value`, the rows of hash, btree and texthash sources; and `name: value`, those of alias files.
 *
 * postmap(1); aliases(5).
 */
import { firstWord, isSpace, readSource, trimEnd, type LogicalLine } from './source.ts'

export type Row = { readonly key: string; readonly value: string; readonly line: number }

/** `problems`: of single rows, by their line; `warnings`: of the file. */
export type Rows = {
  readonly rows: readonly Row[]
  readonly warnings: readonly string[]
  readonly problems: readonly { readonly line: number; readonly text: string }[]
}

/** The texts of problems, as a reader who goes from line to line meets them. */
export const inFileOrder = (problems: Rows['problems']): readonly string[] =>
  [...problems].sort((a, b) => a.line - b.line).map(({ text }) => text)

/** `remark`: what the reader adds to the complaint about a row without a value. */
export function readRows(file: string, text: string, remark = ''): Rows {
  const source = readSource(file, text)
  const rows: Row[] = []
  const problems: { line: number; text: string }[] = []
  for (const { text: row, line } of source.lines) {
    const { word, rest } = firstRowWord(row)
    const value = trimEnd(rest)
    if (value === '') {
      problems.push({ line, text: `${file}, line ${line}: expected format: key whitespace value${remark}` })
      continue
    }
    if (word.endsWith(':')) {
      const text = `${file}, line ${line}: record is in "key: value" format; is this an alias file?`
      problems.push({ line, text })
    }
    rows.push({ key: word, value, line })
  }
  return { rows, problems, warnings: source.warnings }
}

/** White space inside double quotes belongs to the key. */
function firstRowWord(row: string): { word: string; rest: string } {
  if (!row.includes('"')) return firstWord(row)
  let end = 0
  let quoted = false
  for (; end < row.length && (quoted || !isSpace(row[end])); end++) {
    if (row[end] === '\\') end++
    else if (row[end] === '"') quoted = !quoted
  }
  let start = end
  while (start < row.length && isSpace(row[start])) start++
  return { word: row.slice(0, end), rest: row.slice(start) }
}

/** An alias file: `name: value`, the name quoted where it has blanks; values normalized as postalias stores them. */
export function readAliasRows(file: string, text: string): Rows {
  const source = readSource(file, text)
  const rows: Row[] = []
  const problems: { line: number; text: string }[] = []
  for (const logical of source.lines) {
    const read = readAliasRow(logical)
    const { line } = logical
    if (typeof read === 'string') problems.push({ line, text: `${file}, line ${line}: ${read}` })
    else rows.push(read)
  }
  return { rows, problems, warnings: source.warnings }
}

function readAliasRow({ text, line }: LogicalLine): Row | string {
  const colon = aliasColon(text)
  if (colon < 0) return 'need name:value pair'
  const written = text.slice(0, colon).trim()
  const name = unquote(written)
  const value = normalizeAliasValue(text.slice(colon + 1))
  if (name === '' || value === '') return 'need name:value pair'
  // A name is a local part: what follows an @ would be a domain, and aliases have none.
  if (!written.startsWith('"') && written.includes('@')) return 'name must be local'
  return { key: name, value, line }
}

/** The first colon outside double quotes. */
function aliasColon(text: string): number {
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') quoted = !quoted
    else if (text[i] === ':' && !quoted) return i
  }
  return -1
}

const unquote = (text: string): string =>
  (text.startsWith('"') && text.endsWith('"') && text.length >= 2 ? text.slice(1, -1) : text).replace(
    /\\(.)/g,
    '$1',
  )

/** One blank between words and after commas, as postalias stores it; quoted text stays as it is. */
function normalizeAliasValue(text: string): string {
  let out = ''
  let quoted = false
  let gap = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (!quoted && isSpace(char)) {
      gap = out !== ''
      continue
    }
    if (char === ',' && !quoted) {
      out += out.endsWith(',') ? ' ,' : ','
      gap = true
      continue
    }
    if (gap) out += ' '
    gap = false
    if (char === '\\') out += char + (text[++i] ?? '')
    else out += char
    if (char === '"') quoted = !quoted
  }
  return out
}
