/**
 * `hash:file` and `btree:file`: a table that postmap compiled. Lookups read `file.db`, never the source.
 *
 * DATABASE_README; postmap(1).
 */
import { readCompiled, type CompiledKind } from '../compiled.ts'
import { bad, foldKey, opened, type TableType } from '../type.ts'

const compiledType = (type: CompiledKind): TableType => ({
  type,
  reads: 'compiled',

  open({ name, argument, text, fold }) {
    const rows = readCompiled(type, text)
    if (!rows) return bad(`open database ${argument}.db: Invalid argument`)
    const byKey = new Map(rows.map((row) => [row.key, row]))
    return opened({
      name,
      keys: 'partial',
      async lookup(asked) {
        const key = foldKey(asked, fold)
        const row = byKey.get(key)
        if (!row) return { outcome: 'absent' }
        const found = { outcome: 'found' as const, value: row.value, key }
        return row.line === null ? found : { ...found, line: row.line }
      },
      rows: async () => rows.map(({ key, value }) => ({ key, value })),
    })
  },
})

export const hash = compiledType('hash')
export const btree = compiledType('btree')
