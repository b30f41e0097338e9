/** sasldblistusers2(8): who is in sasldb, and nothing of their passwords. */
import { parseSasldb, sasldbPath } from '#protocol/sasl/sasldb.ts'
import type { HostCommand } from '../command.ts'
import { optionProblem, readOptions } from './arguments.ts'

export const sasldblistusers2: HostCommand = {
  name: 'sasldblistusers2',
  async run({ box, words }) {
    const read = readOptions(words.slice(1), 'f:v')
    if (read.kind !== 'options')
      return { stdout: '', stderr: optionProblem('sasldblistusers2', read), exit: 1 }
    const path = read.options.findLast(({ letter }) => letter === 'f')?.value ?? sasldbPath
    const { disk, name } = box.machine
    if ((await disk.stat(path)) === null) return { stdout: '', stderr: 'listusers failed\n', exit: 0 }
    const lines = parseSasldb(await disk.readText(path)).map(
      ({ user, realm }) => `${user}@${realm ?? name}: userPassword\n`,
    )
    return { stdout: lines.sort().join(''), stderr: '', exit: 0 }
  },
}
