/**
 * `unionmap:{type:name, type:name}`: the answers of all its tables, joined with commas.
 *
 * DATABASE_README.
 */
import type { Table } from '../table.ts'
import { readMembers } from '../inline-rules.ts'
import { bad, opened, type OpenInput, type TableType } from '../type.ts'

export const unionmap: TableType = {
  type: 'unionmap',
  reads: 'none',

  open(input) {
    const members = openMembers(input)
    if (!members) return bad(`bad syntax: "${input.name}"; need "unionmap:{type:name...}"`)
    return opened({
      name: input.name,
      keys: keysOf(members),
      async lookup(key) {
        const values: string[] = []
        for (const member of members) {
          const result = await member.lookup(key)
          if (result.outcome === 'unavailable') return result
          if (result.outcome === 'found') values.push(result.value)
        }
        return values.length === 0
          ? { outcome: 'absent' }
          : { outcome: 'found', value: values.join(','), key }
      },
    })
  },
}

/** The tables between the braces; null when that is not what stands there. */
export function openMembers({ argument, open }: OpenInput): readonly Table[] | null {
  const names = readMembers(argument)
  if (!names || names.length === 0 || names.some((name) => !name.includes(':'))) return null
  return names.map(open)
}

/** With one table of patterns in it, parts of a key make no sense for the whole. */
export const keysOf = (members: readonly Table[]): Table['keys'] =>
  members.some((member) => member.keys === 'whole') ? 'whole' : 'partial'
