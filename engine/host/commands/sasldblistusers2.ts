/** sasldblistusers2(8): who is in sasldb, and nothing of their passwords. */
import { parseSasldb, sasldbPath } from '#protocol/sasl/sasldb.ts'
import type { HostCommand } from '../command.ts'
import { optionProblem, readOptions } from './arguments.ts'
import { saslUsage, saslVersion } from './sasl-words.ts'

const usage = saslUsage(`sasldblistusers2: usage: sasldblistusers2 [-v] [[-f] sasldb]
	-f sasldb	use given file as sasldb
	-v	print version numbers and exit
`)

export const sasldblistusers2: HostCommand = {
  name: 'sasldblistusers2',
  async run({ box, words }) {
    const read = readOptions(words.slice(1), 'f:vh')
    if (read.kind !== 'options') {
      const problem = optionProblem('sasldblistusers2', read)
      return { stdout: '', stderr: `${problem}${usage}Unrecognized command line option\n`, exit: 1 }
    }
    if (read.options.some(({ letter }) => letter === 'v')) return { stdout: '', stderr: saslVersion, exit: 0 }
    if (read.rest.length > 1 || read.options.some(({ letter }) => letter === 'h')) {
      return { stdout: '', stderr: usage, exit: 1 }
    }
    const path = read.options.findLast(({ letter }) => letter === 'f')?.value ?? read.rest[0] ?? sasldbPath
    const { disk, name } = box.machine
    if ((await disk.stat(path)) === null) return { stdout: '', stderr: 'listusers failed\n', exit: 0 }
    const lines = parseSasldb(await disk.readText(path)).map(
      ({ user, realm }) => `${user}@${realm ?? name}: userPassword\n`,
    )
    return { stdout: lines.sort().join(''), stderr: '', exit: 0 }
  },
}
