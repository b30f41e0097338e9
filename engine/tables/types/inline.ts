/**
 * `inline:{ key=value, { key = text with blanks } }`: a small table inside main.cf.
 *
 * DATABASE_README.
 */
import { extractBraces, readMembers } from '../inline-rules.ts'
import { bad, foldKey, opened, type TableType } from '../type.ts'

export const inline: TableType = {
  type: 'inline',
  reads: 'none',

  open({ name, argument, fold }) {
    const need = `"${name}"; need "inline:{name=value...}"`
    const members = readMembers(argument)
    if (!members || argument === '{}') return bad(`bad syntax: ${need}`)
    if (members.length === 0) return bad(`empty table: ${need}`)
    const rows = new Map<string, string>()
    for (const member of members) {
      const row = member.startsWith('{') ? extractBraces(member) : { inside: member }
      if ('problem' in row) return bad(`${row.problem}: ${need}`)
      // A key ends at the first blank or equals sign, so a key of two words is none.
      const [, key, value] = /^([^\s=]*)\s*=\s*(.*)$/s.exec(row.inside) ?? []
      if (key === undefined || value === undefined) return bad(`missing '=' after attribute name: ${need}`)
      rows.set(foldKey(key, fold), value)
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
