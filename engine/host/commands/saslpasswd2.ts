/** saslpasswd2(8): sets or deletes the password of an account in sasldb. It asks twice at a terminal, once with -p. */
import { parseSasldb, sasldbPath, writeSasldb } from '#protocol/sasl/sasldb.ts'
import type { HostCommand } from '../command.ts'
import { optionProblem, readOptions } from './arguments.ts'
import { saslUsage, saslVersion } from './sasl-words.ts'

const usage =
  saslUsage(`saslpasswd2: usage: saslpasswd2 [-v] [-c [-p] [-n]] [-d] [-a appname] [-f sasldb] [-u DOM] userid
	-p	pipe mode -- no prompt, password read on stdin
	-c	create -- ask mechs to create the account
	-d	disable -- ask mechs to disable/delete the account
	-n	no userPassword -- don't set plaintext userPassword property
	  	                   (only set mechanism-specific secrets)
	-f sasldb	use given file as sasldb
	-a appname	use appname as application name
	-u DOM	use DOM for user domain
	-v	print version numbers and exit
`)

export const saslpasswd2: HostCommand = {
  name: 'saslpasswd2',
  async run({ box, words, stdin, user: caller }) {
    const read = readOptions(words.slice(1), 'vcpndf:a:u:')
    if (read.kind !== 'options') {
      return { stdout: '', stderr: optionProblem('saslpasswd2', read) + usage, exit: 1 }
    }
    const has = (wanted: string) => read.options.some(({ letter }) => letter === wanted)
    const of = (wanted: string) => read.options.findLast(({ letter }) => letter === wanted)?.value
    if (has('v')) return { stdout: '', stderr: saslVersion, exit: 0 }
    const [given, ...others] = read.rest
    if (given === undefined || others.length > 0 || (has('c') && has('d')))
      return { stdout: '', stderr: usage, exit: 1 }
    if (caller !== 'root') return { stdout: '', stderr: 'saslpasswd2: generic failure\n', exit: 1 }

    const at = given.lastIndexOf('@')
    const user = at < 0 ? given : given.slice(0, at)
    const realm = at < 0 ? of('u') || box.machine.name : given.slice(at + 1)
    const path = of('f') ?? sasldbPath
    const { disk } = box.machine
    const folder = path.slice(0, path.lastIndexOf('/'))
    if (folder !== '' && (await disk.stat(folder))?.kind !== 'folder') {
      return { stdout: '', stderr: 'saslpasswd2: generic failure\n', exit: 1 }
    }
    const before = (await disk.stat(path)) === null ? [] : parseSasldb(await disk.readText(path))
    const remaining = before.filter((entry) => entry.user !== user || (entry.realm ?? realm) !== realm)
    const write = async (entries: typeof before) => {
      await disk.commit([{ kind: 'write', path, bytes: writeSasldb(entries), mode: 0o640 }])
      return { stdout: '', stderr: '', exit: 0 }
    }
    if (has('d')) return write(remaining)

    const { password, prompts, problem } = readPassword(stdin, has('p') ? 'pipe' : 'terminal')
    if (problem !== null) return { stdout: prompts, stderr: `saslpasswd2: ${problem}\n`, exit: 7 }
    // Without -c only an account that is there gets a password; with -n it has none in clear, and so none here.
    const known = remaining.length < before.length
    if (!has('c') && !known) return { stdout: prompts, stderr: '', exit: 0 }
    const entries = has('n') ? remaining : [...remaining, { user, realm, password }]
    return { ...(await write(entries)), stdout: prompts }
  },
}

/** With a pipe, everything up to the end; at a terminal, two equal lines. */
function readPassword(
  stdin: string,
  from: 'pipe' | 'terminal',
): { password: string; prompts: string; problem: string | null } {
  const [first = '', second = ''] = stdin.split('\n')
  if (from === 'pipe')
    return { password: first, prompts: '', problem: first === '' ? 'invalid parameter supplied' : null }
  const prompts = 'Password: \nAgain (for verification): \n'
  if (first === '') return { password: '', prompts, problem: 'invalid parameter supplied' }
  return { password: first, prompts, problem: first === second ? null : "passwords don't match; aborting" }
}
