/** postmulti: the Postfix instances of a box; a lab host has one. postmulti(1). */
import type { HostCommand } from '#host/command.ts'
import { optionProblem, readOptions } from './arguments.ts'

const columns = (...words: readonly string[]): string =>
  words.map((word, i) => (i < words.length - 1 ? word.padEnd(i === 2 ? 9 : 15) : word)).join(' ')

export const postmulti: HostCommand = {
  name: 'postmulti',
  run({ words }) {
    const read = readOptions(words.slice(1), 'ae:g:i:I:G:lLp:vx:')
    const lists = read.kind === 'options' && read.options.some(({ letter }) => letter === 'l')
    if (lists)
      return Promise.resolve({ stdout: `${columns('-', '-', 'y', '/etc/postfix')}\n`, stderr: '', exit: 0 })
    const problem = read.kind === 'options' ? '' : optionProblem('postmulti', read)
    return Promise.resolve({ stdout: '', stderr: problem, exit: 1 })
  },
}
