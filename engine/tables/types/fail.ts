/**
 * `fail:name`: every lookup fails. For trying out what a server says when a table is out of order.
 *
 * DATABASE_README.
 */
import { opened, type TableType } from '../type.ts'

export const fail: TableType = {
  type: 'fail',
  reads: 'none',

  open: ({ name }) =>
    opened({
      name,
      keys: 'partial',
      lookup: async () => ({ outcome: 'unavailable', reason: 'Application error' }),
    }),
}
