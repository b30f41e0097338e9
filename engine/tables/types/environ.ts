/**
 * `environ:name`: the variables of the process's environment. The name is not used.
 *
 * DATABASE_README.
 */
import { opened, type TableType } from '../type.ts'

export const environ: TableType = {
  type: 'environ',
  reads: 'none',

  open({ name, environment }) {
    return opened({
      name,
      keys: 'partial',
      async lookup(key) {
        const value = environment(key)
        return value === undefined ? { outcome: 'absent' } : { outcome: 'found', value, key }
      },
    })
  },
}
