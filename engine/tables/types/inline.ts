/**
 * `inline:{ key=value, { key = text with blanks } }`: a small table inside main.cf.
 *
 * DATABASE_README.
 */
import { insideBraces, readMembers } from '../inline-rules.ts'
import { bad, foldKey, opened, type TableType } from '../type.ts'

export const inline: TableType = {
  type: 'inline',
  reads: 'none',

  open({ name, argument, fold }) {
    const members = readMembers(argument)
    if (!members || members.length === 0) return bad(`bad syntax: "${name}"; need "inline:{name=value...}"`)
    const rows = new Map<string, string>()
    for (const member of members) {
      const row = insideBraces(member) ?? member
      const equals = row.indexOf('=')
      if (equals < 0) {
        return bad(`missing '=' after attribute name: "${name}"; need "inline:{name=value...}"`)
      }
      rows.set(foldKey(row.slice(0, equals).trim(), fold), row.slice(equals + 1).trim())
    }
    return opened({
      name,
      keys: 'partial',
      async lookup(asked) {
        const key = foldKey(asked, fold)
        const value = rows.get(key)
        return value === undefined ? { outcome: 'absent' } : { outcome: 'found', value, key }
      },
      rows: async () => [...rows].map(([key, value]) => ({ key, value })),
    })
  },
}
