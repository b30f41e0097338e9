/** postkick: sends a request to a daemon of Postfix, as its own commands do. postkick(1). */
import type { HostCommand } from '#host/command.ts'
import { optionProblem, readOptions } from './arguments.ts'

const usage = 'postkick: fatal: usage: postkick [-c config_dir] [-v] class service request\n'

export const postkick: HostCommand = {
  name: 'postkick',
  async run({ box, words }) {
    const read = readOptions(words.slice(1), 'c:v')
    const [kind = '', service = '', request] = read.kind === 'options' ? read.rest : []
    if (read.kind !== 'options') {
      return { stdout: '', stderr: optionProblem('postkick', read) + usage, exit: 1 }
    }
    if (request === undefined || read.rest.length > 3) return { stdout: '', stderr: usage, exit: 1 }
    const known = box.postfix?.services.some(({ name, type }) => name === service && type === 'unix') ?? false
    if (!known || !box.running('postfix')) {
      const stderr = [
        `unable to look up ${kind}/${service}: No such file or directory`,
        `Cannot contact class ${kind} service ${service} - perhaps the mail system is down`,
      ]
      return { stdout: '', stderr: stderr.map((line) => `postkick: warning: ${line}\n`).join(''), exit: 1 }
    }
    // `F` to the queue manager is what postqueue -f says.
    if (service === 'qmgr' && request.includes('F')) await box.queue?.flush({ kind: 'all' })
    return { stdout: '', stderr: '', exit: 0 }
  },
}
