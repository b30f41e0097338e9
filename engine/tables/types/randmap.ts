/**
 * `randmap:{a, b, c}`: one of its words, by chance.
 *
 * DATABASE_README.
 */
import { readMembers } from '../inline-rules.ts'
import { bad, opened, type TableType } from '../type.ts'

export const randmap: TableType = {
  type: 'randmap',
  reads: 'none',

  open({ name, argument, choose }) {
    const members = readMembers(argument)
    if (!members || members.length === 0) return bad(`bad syntax: "${name}"; need "randmap:{value...}"`)
    return opened({
      name,
      keys: 'whole',
      lookup: async () => ({ outcome: 'found', value: members[choose(members.length)] ?? '' }),
    })
  },
}
