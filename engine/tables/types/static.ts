/**
 * `static:value`: one answer to every key. `static:{two words}` keeps blanks.
 *
 * DATABASE_README.
 */
import { insideBraces } from '../inline-rules.ts'
import { opened, type TableType } from '../type.ts'

export const staticTable: TableType = {
  type: 'static',
  reads: 'none',

  open({ name, argument }) {
    const value = insideBraces(argument) ?? argument
    return opened({ name, keys: 'partial', lookup: async () => ({ outcome: 'found', value }) })
  },
}
