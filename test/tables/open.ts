/** Opens a table from its text, as maps.ts would from a file. */
import { inFileOrder, readRows } from '#tables/rows.ts'
import { writeCompiled, type CompiledKind } from '#tables/compiled.ts'
import type { Table } from '#tables/table.ts'
import { splitName, type OpenOutcome } from '#tables/type.ts'
import { tableTypes } from '#tables/types/index.ts'

export function open(name: string, text = '', warn: (text: string) => void = () => undefined): OpenOutcome {
  const { type, argument } = splitName(name, 'hash')
  const found = tableTypes.get(type)
  if (!found) throw new Error(`no type ${type}`)
  return found.open({
    name,
    argument,
    text: found.reads === 'compiled' ? compiled(type as CompiledKind, text) : text,
    fold: 'lower',
    substitution: 'allowed',
    duplicates: 'warn',
    open: (member) => table(member),
    choose: () => 0,
    environment: (variable) => ({ home: '/root', HOME: '/root' })[variable],
    warn,
  })
}

export function table(name: string, text = ''): Table {
  const outcome = open(name, text)
  if (outcome.kind === 'bad') throw new Error(outcome.reason)
  return outcome.table
}

/** The warnings that opening brings. */
export const warnings = (name: string, text: string): readonly string[] => open(name, text).warnings

function compiled(kind: CompiledKind, text: string): string {
  const { rows, problems } = readRows('source', text)
  if (problems.length > 0) throw new Error(inFileOrder(problems).join('\n'))
  return writeCompiled(
    kind,
    rows.map(({ key, value, line }) => ({ key: key.toLowerCase(), value, line })),
  )
}
