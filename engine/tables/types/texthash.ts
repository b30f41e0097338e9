/**
 * `texthash:file`: like hash, but the text file itself is read, when a program starts.
 *
 * DATABASE_README.
 */
import { inFileOrder, readRows } from '../rows.ts'
import { bad, foldKey, opened, type TableType } from '../type.ts'

export const texthash: TableType = {
  type: 'texthash',
  reads: 'source',

  open({ name, argument, text, fold, duplicates }) {
    const source = readRows(argument, text, ' -- ignoring this line')
    const problems = [...source.problems]
    const rows = new Map<string, { value: string; line: number }>()
    for (const { key: written, value, line } of source.rows) {
      const key = foldKey(written, fold)
      const duplicate = `${argument}, line ${line}: duplicate entry: "${key}"`
      if (!rows.has(key)) rows.set(key, { value, line })
      else if (duplicates === 'warn') problems.push({ line, text: duplicate })
      else return bad(duplicate)
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
