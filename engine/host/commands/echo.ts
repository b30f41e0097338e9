/** echo prints its words. echo(1). */
import type { HostCommand } from '#host/command.ts'
import { printed } from '#host/words.ts'

export const echo: HostCommand = {
  name: 'echo',
  async run({ words }) {
    const [, first, ...rest] = words
    if (first === '-n') return printed(rest.join(' '))
    const text = first === undefined ? '' : [first, ...rest].join(' ')
    return printed(`${text.replace(/\\n/g, '\n').replace(/\\t/g, '\t')}\n`)
  },
}

/** printf with %s, %d, \\n and \\t: what scripts use to write a table. printf(1). */
export const printf: HostCommand = {
  name: 'printf',
  async run({ words }) {
    const [, format, ...values] = words
    if (format === undefined) return printed('', 'printf: missing operand\n')
    let stdout = ''
    let left: readonly string[] = values
    do {
      const before = left.length
      stdout += format.replace(/\\([ntr\\])|%([sd%])/g, (_, escape?: string, conversion?: string) => {
        if (escape !== undefined) return { n: '\n', t: '\t', r: '\r' }[escape] ?? '\\'
        if (conversion === '%') return '%'
        const [value = ''] = left
        left = left.slice(1)
        return value
      })
      if (left.length === before) break
    } while (left.length > 0)
    return printed(stdout)
  },
}
