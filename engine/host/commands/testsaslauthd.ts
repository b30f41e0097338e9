/** testsaslauthd(8): asks saslauthd whether a password is right, without any mail server in between. */
import type { HostCommand } from '../command.ts'
import { optionProblem, readOptions } from './arguments.ts'

const usage = `testsaslauthd: usage: testsaslauthd -u username -p password
              [-r realm] [-s servicename]
              [-f socket path] [-R repeatnum]
`

export const testsaslauthd: HostCommand = {
  name: 'testsaslauthd',
  async run({ box, words }) {
    const read = readOptions(words.slice(1), 'u:p:r:s:f:R:')
    if (read.kind !== 'options') {
      return { stdout: '', stderr: optionProblem('testsaslauthd', read) + usage, exit: 1 }
    }
    const of = (wanted: string) => read.options.findLast(({ letter }) => letter === wanted)?.value
    const user = of('u')
    const password = of('p')
    if (user === undefined || password === undefined) return { stdout: '', stderr: usage, exit: 1 }

    const account = { user, password, service: of('s') ?? 'imap', realm: of('r') ?? '' }
    const answer = (await box.saslauthd?.(account)) ?? 'not running'
    switch (answer) {
      case 'ok':
        return { stdout: '0: OK "Success."\n', stderr: '', exit: 0 }
      case 'wrong':
        return { stdout: '0: NO "authentication failed"\n', stderr: '', exit: 255 }
      case 'not running':
        return { stdout: '0: ', stderr: 'connect() : No such file or directory\n', exit: 255 }
      default:
        return answer satisfies never
    }
  },
}
