/**
 * The `.db` file that postmap and newaliases write and that lookups read: one row a line, in JSON, after a line that
 * says what it is. Real ones are Berkeley DB; this one can be read with the eye, and remembers the source line of each row.
 *
 * postmap(1).
 */
export type CompiledRow = { readonly key: string; readonly value: string; readonly line: number | null }

export type CompiledKind = 'hash' | 'btree'

const heading = (kind: CompiledKind): string => `# mailscope ${kind} table, compiled; do not edit`

/** Rows in the order in which `postmap -s` lists them. */
export function writeCompiled(kind: CompiledKind, rows: readonly CompiledRow[]): string {
  const lines = inOrder(kind, rows).map(({ key, value, line }) => JSON.stringify([key, value, line]))
  return [heading(kind), ...lines, ''].join('\n')
}

/** Null when the file is not of this form and kind. */
export function readCompiled(kind: CompiledKind, text: string): readonly CompiledRow[] | null {
  const [first, ...lines] = text.split('\n')
  if (first !== heading(kind)) return null
  const rows: CompiledRow[] = []
  for (const line of lines) {
    if (line === '') continue
    const row = readRow(line)
    if (!row) return null
    rows.push(row)
  }
  return rows
}

function readRow(text: string): CompiledRow | null {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!Array.isArray(parsed)) return null
    const [key, value, line] = parsed as unknown[]
    if (typeof key !== 'string' || typeof value !== 'string') return null
    return { key, value, line: typeof line === 'number' ? line : null }
  } catch {
    return null
  }
}

/** A btree is sorted. A small hash of Berkeley DB has two buckets, told apart by the last bit, each sorted. */
export function inOrder(kind: CompiledKind, rows: readonly CompiledRow[]): readonly CompiledRow[] {
  const sorted = [...rows].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  if (kind === 'btree') return sorted
  return [0, 1].flatMap((bucket) => sorted.filter(({ key }) => lastBit(key) === bucket))
}

/** The last bit of the FNV hash of a key: an odd multiplier leaves it to the exclusive or of the bytes. */
function lastBit(key: string): number {
  let bit = 0
  for (const byte of utf8(key)) bit ^= byte & 1
  return bit
}

function* utf8(text: string): Generator<number> {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x80) yield code
    else if (code < 0x800) yield* [0xc0 | (code >> 6), 0x80 | (code & 63)]
    else if (code < 0x10000) yield* [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
    else
      yield* [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
  }
}
