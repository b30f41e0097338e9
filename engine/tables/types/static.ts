/**
 * `static:value`: one answer to every key. `static:{two words}` keeps blanks.
 *
 * DATABASE_README.
 */
import { extractBraces } from '../inline-rules.ts'
import { bad, opened, type TableType } from '../type.ts'

export const staticTable: TableType = {
  type: 'static',
  reads: 'none',

  open({ name, argument }) {
    const written = argument.startsWith('{') ? extractBraces(argument) : { inside: argument }
    if ('problem' in written) return bad(`bad static:name syntax: ${written.problem}`)
    const value = written.inside
    return opened({ name, keys: 'partial', lookup: async () => ({ outcome: 'found', value }) })
  },
}
