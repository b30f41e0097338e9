/** Tables in which one row is other than it is: for trials. */
import type { Tables } from '#tables/table.ts'

/** `value` null: the row is not there. */
export type RowChange = { readonly table: string; readonly key: string; readonly value: string | null }

/** The same tables but for one row. */
export function withRow(tables: Tables, { table, key, value }: RowChange): Tables {
  return {
    open(name) {
      const whole = tables.open(name)
      if (name !== table) return whole
      return {
        name,
        keys: whole.keys,
        lookup: async (asked) => {
          if (asked.toLowerCase() !== key.toLowerCase()) return whole.lookup(asked)
          return value === null ? { outcome: 'absent' } : { outcome: 'found', value }
        },
      }
    },
  }
}
