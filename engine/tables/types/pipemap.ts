/**
 * `pipemap:{type:name, type:name}`: the answer of each table is the key for the next.
 *
 * DATABASE_README.
 */
import { bad, opened, type TableType } from '../type.ts'
import type { LookupResult } from '../table.ts'
import { keysOf, openMembers } from './unionmap.ts'

export const pipemap: TableType = {
  type: 'pipemap',
  reads: 'none',

  open(input) {
    const members = openMembers(input)
    if (!members) return bad(`bad syntax: "${input.name}"; need "pipemap:{type:name...}"`)
    return opened({
      name: input.name,
      keys: keysOf(members),
      async lookup(key) {
        let result: LookupResult = { outcome: 'found', value: key }
        for (const member of members) {
          if (result.outcome !== 'found') return result
          result = await member.lookup(result.value)
        }
        return result
      },
    })
  },
}
