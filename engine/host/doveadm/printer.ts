/** The forms in which doveadm prints its answers: `-f flow`, `pager`, `table`, `tab`, `json`. doveadm(1). */
export type Column = {
  /** As JSON calls it. */
  readonly name: string
  /** At the head of a table; the name when not given. */
  readonly head?: string
  readonly title?: 'hidden'
  readonly expand?: true
  readonly align?: 'right'
  /** A text of any length, shown as it is. */
  readonly stream?: true
}
export type Form = 'flow' | 'pager' | 'table' | 'tab' | 'json'

export const isForm = (name: string): name is Form => ['flow', 'pager', 'table', 'tab', 'json'].includes(name)

type Rows = readonly (readonly string[])[]

/** The width of a terminal that nobody asks for. */
const terminal = 80

export function printRows(form: Form, columns: readonly Column[], rows: Rows): string {
  switch (form) {
    case 'flow':
      return rows
        .map((row) => `${row.map((value, i) => titled(columns[i], value, '=')).join(' ')}\n`)
        .join('')
    case 'pager':
      // What begins with a text of any length is not kept apart from what stands before it.
      return rows
        .map((row) => row.map((value, i) => pagerLine(columns[i], value)).join(''))
        .join(columns[0]?.stream ? '' : '\f\n')
    case 'table':
      return table(columns, rows)
    case 'tab':
      return `${columns.map(({ name, head }) => head ?? name).join('\t')}\n${rows.map((row) => tabRow(columns, row)).join('')}`
    case 'json': {
      const records = rows.map((row) =>
        Object.fromEntries(row.map((value, i) => [columns[i]?.name ?? '', value])),
      )
      return JSON.stringify(records)
    }
    default:
      return form satisfies never
  }
}

const titled = (column: Column | undefined, value: string, sign: string): string =>
  column?.title === 'hidden' ? value : `${column?.head ?? column?.name ?? ''}${sign}${value}`

/** A stream begins on a line of its own. */
const pagerLine = (column: Column | undefined, value: string): string =>
  column?.stream ? `${column.name}:\n${value}` : `${titled(column, value, ': ')}\n`

/** A stream is followed by an empty cell of its own; at the beginning of a row that cell needs no tab. */
function tabRow(columns: readonly Column[], row: readonly string[]): string {
  const cells = row.map((value, i) => (i === 0 ? value : `\t${value}${columns[i]?.stream ? '\t' : ''}`))
  return `${cells.join('')}\n`
}

function table(columns: readonly Column[], rows: Rows): string {
  const heads = columns.map(({ name, head }) => head ?? name)
  const hidden = columns.every(({ title }) => title === 'hidden')
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => (row[i] ?? '').length)))
  const natural = widths.reduce((sum, width) => sum + width, columns.length - 1)
  const found = columns.findIndex(({ expand }) => expand)
  const wide = found < 0 ? columns.length - 1 : found
  widths[wide] = (widths[wide] ?? 0) + Math.max(0, Math.floor((terminal - natural) / 2))
  const cell = (value: string, i: number) =>
    columns[i]?.align === 'right' ? value.padStart(widths[i] ?? 0) : value.padEnd(widths[i] ?? 0)
  const line = (values: readonly string[]) => `${values.map(cell).join(' ')}\n`
  return [...(hidden ? [] : [heads]), ...rows].map(line).join('')
}
