/**
 * `texthash:file`: like hash, but the text file itself is read, when a program starts.
 *
 * DATABASE_README.
 */
import { inFileOrder, readRows } from '../rows.ts'
import { foldKey, opened, type TableType } from '../type.ts'

export const texthash: TableType = {
  type: 'texthash',
  reads: 'source',

  open({ name, argument, text, fold }) {
    const source = readRows(argument, text, ' -- ignoring this line')
    const problems = [...source.problems]
    const rows = new Map<string, { value: string; line: number }>()
    for (const { key: written, value, line } of source.rows) {
      const key = foldKey(written, fold)
      if (rows.has(key)) problems.push({ line, text: `${argument}, line ${line}: duplicate entry: "${key}"` })
      else rows.set(key, { value, line })
    }
    return opened(
      {
        name,
        keys: 'partial',
        async lookup(asked) {
          const key = foldKey(asked, fold)
          const row = rows.get(key)
          return row === undefined ? { outcome: 'absent' } : { outcome: 'found', key, ...row }
        },
        rows: async () => [...rows].map(([key, { value }]) => ({ key, value })),
      },
      [...source.warnings, ...inFileOrder(problems)],
    )
  },
}
