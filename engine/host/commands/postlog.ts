/** postlog: writes a line of its own into the mail log. postlog(1). */
import type { HostCommand } from '#host/command.ts'
import { optionProblem, readOptions } from './arguments.ts'
import { named } from '#protocol/named.ts'

const levels: Readonly<Record<string, 'info' | 'warning' | 'error' | 'fatal' | 'panic'>> = named({
  info: 'info',
  warn: 'warning',
  warning: 'warning',
  error: 'error',
  fatal: 'fatal',
  panic: 'panic',
})

export const postlog: HostCommand = {
  name: 'postlog',
  async run({ box, words, stdin }) {
    const read = readOptions(words.slice(1), 'c:ip:t:v')
    if (read.kind !== 'options') {
      const usage = 'postlog: fatal: usage: postlog [-c config_dir] [-i] [-p priority] [-t tag] [-v] [text]\n'
      return { stdout: '', stderr: optionProblem('postlog', read) + usage, exit: 1 }
    }
    const value = (letter: string) => read.options.findLast((option) => option.letter === letter)?.value
    const priority = value('p') ?? 'info'
    const level = levels[priority]
    if (level === undefined) {
      return { stdout: '', stderr: `postlog: fatal: bad priority value: ${priority}\n`, exit: 1 }
    }
    const daemon = value('t') ?? 'postlog'
    const lines =
      read.rest.length > 0 ? [read.rest.join(' ')] : stdin.split('\n').filter((line) => line !== '')
    for (const text of lines) box.machine.emit({ type: 'daemon.logged', daemon, level, text })
    const stderr = lines.map((text) => `${daemon}: ${level === 'info' ? '' : `${level}: `}${text}\n`).join('')
    return { stdout: '', stderr, exit: 0 }
  },
}
