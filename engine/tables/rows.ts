/**
 * `key white-space value`, the rows of hash, btree and texthash sources; and `name: value`, those of alias files.
 *
 * postmap(1); aliases(5).
 */
import { firstWord, isSpace, readSource, trimEnd, type LogicalLine } from './source.ts'
import { readAddressList, writeAddressList } from './address-list.ts'

export type Row = { readonly key: string; readonly value: string; readonly line: number }

export type Rows = { readonly rows: readonly Row[]; readonly warnings: readonly string[] }

/** `remark`: what the reader adds to the complaint about a row without a value. */
export function readRows(file: string, text: string, remark = ''): Rows {
  const source = readSource(file, text)
  const rows: Row[] = []
  const warnings = [...source.warnings]
  for (const { text: row, line } of source.lines) {
    const { word, rest } = firstRowWord(row)
    const value = trimEnd(rest)
    if (value === '') {
      warnings.push(`${file}, line ${line}: expected format: key whitespace value${remark}`)
      continue
    }
    if (word.endsWith(':')) {
      warnings.push(`${file}, line ${line}: record is in "key: value" format; is this an alias file?`)
    }
    rows.push({ key: word, value, line })
  }
  return { rows, warnings }
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
  const warnings = [...source.warnings]
  for (const logical of source.lines) {
    const read = readAliasRow(logical)
    if (typeof read === 'string') warnings.push(`${file}, line ${logical.line}: ${read}`)
    else rows.push(read)
  }
  return { rows, warnings }
}

function readAliasRow({ text, line }: LogicalLine): Row | string {
  const colon = aliasColon(text)
  if (colon < 0) return 'need name:value pair'
  const name = unquote(text.slice(0, colon).trim())
  const value = writeAddressList(readAddressList(text.slice(colon + 1)))
  if (name === '' || value === '') return 'need name:value pair'
  // A name is a local part: what follows an @ would be a domain, and aliases have none.
  if (name.includes('@')) return 'name must be local'
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
  text.startsWith('"') && text.endsWith('"') && text.length >= 2
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text
