/**
 * postmap, postalias and newaliases: turn a table source into the `.db` file that lookups read.
 *
 * postmap(1); postalias(1). The form of the file: engine/tables/compiled.ts
 */
import type { Disk } from '#platform/disk.ts'
import { readCompiled, writeCompiled, type CompiledKind, type CompiledRow } from '#tables/compiled.ts'
import { inFileOrder, readAliasRows, readRows } from '#tables/rows.ts'
import { systemError } from './table-files.ts'

export type TableFormat = 'map' | 'aliases'

export type CompileInput = {
  readonly kind: CompiledKind
  readonly format: TableFormat
  /** The source, absolute; its `.db` is written beside it. */
  readonly path: string
  /** The path as warnings write it, when that is another. */
  readonly shown?: string
  /** The source's text, when it does not come from the file: `postmap -i`. */
  readonly text?: string
  /** Whether keys become lower case. */
  readonly fold?: 'lower' | 'keep'
  /** Of two rows with one key: keep the first and warn, keep it in silence, or let the later replace it. */
  readonly duplicates?: 'warn' | 'ignore' | 'replace'
  /** 'add': keeps the rows that the `.db` has. */
  readonly existing?: 'drop' | 'add'
  /** For the rows that sendmail's own aliases file has, too. */
  readonly stamp?: { readonly host: string; readonly time: number }
}

export type CompileOutcome =
  | { readonly kind: 'done'; readonly warnings: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly warnings: readonly string[] }

export async function compileTable(disk: Disk, input: CompileInput): Promise<CompileOutcome> {
  const { kind, format, path } = input
  const shown = input.shown ?? path
  let text: string
  try {
    text = input.text ?? (await disk.readText(path))
  } catch (error) {
    return { kind: 'failed', reason: `open ${shown}: ${systemError(error)}`, warnings: [] }
  }
  const file = input.text === undefined ? shown : 'stdin'
  const source = format === 'aliases' ? readAliasRows(file, text) : readRows(file, text)
  const problems = [...source.problems]
  const rows = new Map<string, CompiledRow>()
  if (input.existing === 'add' && (await disk.stat(`${path}.db`)) !== null) {
    const before = await readDatabase(disk, kind, path, shown)
    if (typeof before === 'string') return { kind: 'failed', reason: before, warnings: source.warnings }
    for (const row of before) rows.set(row.key, row)
  }
  const fold = input.fold ?? 'lower'
  for (const { key: written, value, line } of source.rows) {
    const key = fold === 'lower' ? written.toLowerCase() : written
    const known = rows.has(key)
    if (known && (input.duplicates ?? 'warn') === 'warn') {
      problems.push({ line, text: `${shown}.db: duplicate entry: "${key}"` })
    }
    const numbered = { key, value, line: input.text === undefined ? line : null }
    if (!known || input.duplicates === 'replace') rows.set(key, numbered)
  }
  for (const row of stampRows(input)) rows.set(row.key, row)
  await writeDatabase(disk, kind, path, [...rows.values()])
  return { kind: 'done', warnings: [...source.warnings, ...inFileOrder(problems)] }
}

/** Rows that tell sendmail's tools, and NIS, that the alias file is complete. */
function stampRows({ format, stamp }: CompileInput): readonly CompiledRow[] {
  if (format !== 'aliases') return []
  const at = { key: '@', value: '@', line: null }
  if (!stamp) return [at]
  const time = String(Math.floor(stamp.time / 1000)).padStart(10, '0')
  return [
    at,
    { key: 'YP_LAST_MODIFIED', value: time, line: null },
    { key: 'YP_MASTER_NAME', value: stamp.host, line: null },
  ]
}

/** The rows of a `.db`, or Postfix's words for why not. */
export async function readDatabase(
  disk: Disk,
  kind: CompiledKind,
  path: string,
  shown = path,
): Promise<readonly CompiledRow[] | string> {
  try {
    const rows = readCompiled(kind, await disk.readText(`${path}.db`))
    return rows ?? `open database ${shown}.db: Invalid argument`
  } catch (error) {
    return `open database ${shown}.db: ${systemError(error)}`
  }
}

export async function writeDatabase(
  disk: Disk,
  kind: CompiledKind,
  path: string,
  rows: readonly CompiledRow[],
): Promise<void> {
  const source = await disk.stat(path)
  const mode = source ? source.mode & 0o777 : 0o644
  const bytes = writeCompiled(kind, rows)
  // Written aside and renamed: a reader never sees half a table.
  await disk.commit([
    { kind: 'write', path: `${path}.db.new`, bytes, mode },
    { kind: 'rename', from: `${path}.db.new`, to: `${path}.db` },
  ])
}
