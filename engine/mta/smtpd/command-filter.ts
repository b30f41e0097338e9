/** smtpd_command_filter: a table that puts another command in the place of what a broken client sends. */
import type { Postfix } from '#mta/postfix.ts'

export type Filtered =
  | { readonly kind: 'kept' }
  | { readonly kind: 'replaced'; readonly line: string; readonly log: string }
  | { readonly kind: 'unavailable'; readonly log: string }

export async function filterCommand(line: string, table: string, { tables }: Postfix): Promise<Filtered> {
  const found = await tables.open(table).lookup(line.replace(/^[ \t]+/, ''))
  const shown = line.slice(0, 100)
  switch (found.outcome) {
    case 'absent':
      return { kind: 'kept' }
    case 'unavailable':
      return { kind: 'unavailable', log: `${table} lookup error for "${shown}"` }
    case 'found':
      return {
        kind: 'replaced',
        line: found.value,
        log: `replacing client command "${shown}" with "${found.value.slice(0, 100)}"`,
      }
    default:
      return found satisfies never
  }
}
