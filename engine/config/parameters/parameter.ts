/** One parameter of main.cf: a row of the table that postconf, the settings, the editor and the lessons all read. */
export type ParameterType =
  | { readonly kind: 'string' | 'list' | 'bool' | 'int' | 'size' }
  /** The last letter of the default is the unit of a number that has none. */
  | { readonly kind: 'time'; readonly unit: TimeUnit }
  | { readonly kind: 'enum'; readonly words: readonly string[] }

export type TimeUnit = 's' | 'm' | 'h' | 'd' | 'w'

export type Parameter = {
  readonly name: string
  readonly type: ParameterType
  /** As `postconf -d` prints it. `machine-default.ts` computes those that depend on the host. */
  readonly default: string
  /** Who reads it: smtpd, cleanup, qmgr … */
  readonly daemons: readonly string[]
  readonly en: string
  readonly zh: string
}

/**
 * Reads rows of three lines: `name type = default`, then what it means in English and in Chinese.
 * A line `@ smtpd cleanup` says whose the next rows are.
 */
export function parameterRows(text: string): readonly Parameter[] {
  const rows: Parameter[] = []
  let daemons: readonly string[] = []
  const lines = text.split('\n').filter((line) => line !== '')
  for (let i = 0; i < lines.length;) {
    const line = lines[i] ?? ''
    if (line.startsWith('@ ')) {
      daemons = line.slice(2).split(' ')
      i += 1
      continue
    }
    const head = /^(\S+) (\S+) =(?: (.*))?$/.exec(line)
    const [, name = '', type = '', value = ''] = head ?? []
    const [en = '', zh = ''] = lines.slice(i + 1, i + 3)
    if (!head || !zh.startsWith('  ')) throw new Error(`parameter table: "${line}"`)
    rows.push({ name, type: readType(type, value), default: value, daemons, en: en.trim(), zh: zh.trim() })
    i += 3
  }
  return rows
}

function readType(word: string, value: string): ParameterType {
  switch (word) {
    case 'string':
    case 'list':
    case 'bool':
    case 'int':
    case 'size':
      return { kind: word }
    case 'time':
      return { kind: 'time', unit: timeUnit(value.slice(-1)) ?? 's' }
    default:
      return { kind: 'enum', words: word.replace(/^enum\((.*)\)$/, '$1').split(',') }
  }
}

export const timeUnit = (letter: string): TimeUnit | null =>
  letter === 's' || letter === 'm' || letter === 'h' || letter === 'd' || letter === 'w' ? letter : null
