/**
 * newaliases makes the alias database anew: whoever edits /etc/aliases and forgets it has changed nothing.
 *
 * newaliases(1): sendmail reads alias_database and starts postalias for it.
 */
import { createSettings } from '#config/create-settings.ts'
import { parseMainCf } from '#config/main-cf.ts'
import type { CommandInput, CommandResult, HostCommand } from '#host/command.ts'
import { absolute } from '#host/paths.ts'
import { systemError } from '#mta/maps.ts'
import { postalias } from './postalias.ts'

export const newaliases: HostCommand = {
  name: 'newaliases',
  run: (input) => rebuildAliases(input, '/etc/postfix'),
}

/** `directory`: of main.cf. */
export async function rebuildAliases(input: CommandInput, directory: string): Promise<CommandResult> {
  const { machine } = input.box
  const file = `${directory}/main.cf`
  let text: string
  try {
    text = await machine.disk.readText(absolute(input.directory, file))
  } catch (error) {
    return { stdout: '', stderr: `newaliases: fatal: open ${file}: ${systemError(error)}\n`, exit: 1 }
  }
  const mainCf = parseMainCf(text, file)
  const warnings = mainCf.problems.map(
    ({ line, severity, message }) => `newaliases: ${severity}: ${file}, line ${line}: ${message}\n`,
  )
  const said = warnings.join('')
  if (mainCf.problems.some(({ severity }) => severity === 'fatal'))
    return { stdout: '', stderr: said, exit: 1 }

  const settings = createSettings({
    mainCf,
    machine: { hostname: machine.name, addresses: machine.addresses },
    configDirectory: directory,
  })
  const databases = settings.list('alias_database')
  if (databases.length === 0) return { stdout: '', stderr: said, exit: 0 }
  if (input.user !== 'root') {
    const [first = ''] = databases
    const stderr = `postalias: fatal: open ${first.replace(/^\w+:/, '')}.db: Permission denied\n`
    return { stdout: '', stderr: said + stderr, exit: 1 }
  }
  const words = ['postalias', '-c', directory, ...databases]
  const { stdout, stderr, exit } = await postalias.run({ ...input, words })
  return { stdout, stderr: said + stderr, exit }
}
