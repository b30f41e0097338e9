/** doveconf shows the configuration of Dovecot: what was changed, or everything, or one setting. doveconf(1). */
import { dovecotDefault } from '#config/dovecot-defaults.ts'
import type { DovecotConf } from '#config/dovecot-conf.ts'
import { normalValue, printAll, printChanged, printSections, settingLine } from '#config/dovecot-print.ts'
import type { Problem } from '#config/problem.ts'
import { createDovecotSettings, type DovecotSettings } from '#config/dovecot-settings.ts'
import type { CommandResult, HostCommand } from '#host/command.ts'
import { readOptions, optionProblem } from './arguments.ts'
import { diskReason } from '../disk-errors.ts'
import { loadDovecotConf } from '../dovecot-conf-files.ts'
import { absolute } from '../paths.ts'

const fatal = (message: string): CommandResult => ({
  stdout: '',
  stderr: `doveconf: Fatal: ${message}\n`,
  exit: 89,
})

export const doveconf: HostCommand = {
  name: 'doveconf',
  async run({ box, words, directory }) {
    const reading = readOptions(words.slice(1), 'ac:df:hm:nNPSx')
    if (reading.kind !== 'options')
      return { stdout: '', stderr: optionProblem('doveconf', reading), exit: 89 }
    const given = new Map(reading.options.map(({ letter, value }) => [letter, value]))
    const file = given.get('c') ?? '/etc/dovecot/dovecot.conf'
    let conf: DovecotConf
    try {
      conf = given.has('d')
        ? { file, entries: [], problems: [] }
        : await loadDovecotConf(box.machine.disk, absolute(directory, file))
    } catch (error) {
      return fatal(`open(${file}) failed: ${diskReason(error)}`)
    }
    const wrong = conf.problems.find(({ severity }) => severity === 'fatal')
    if (wrong) {
      const where = wrong.message.startsWith('Missing') ? wrong.file : `${wrong.file} line ${wrong.line}`
      return fatal(`Error in configuration file ${where}: ${wrong.message}`)
    }
    const warned = conf.problems.map(warning).join('')
    // Without -m it runs managesieve to learn its capability, and that reads the file with a doveconf of its own.
    const warnings = given.has('m') ? warned : warned + warned
    if (reading.rest.length > 0) return showNames(conf, reading.rest, given, warnings)

    const heading = [
      `# 2.3.19.1 (9b53102964): ${file}`,
      '# Pigeonhole version 0.5.19 (4eae2f79)',
      `# OS: Linux x86_64 Debian 12 `,
      `# Hostname: ${box.machine.name}`,
    ]
    const all = given.has('a') || given.has('d')
    if (all) heading.push('# NOTE: Send doveconf -n output instead when asking for help.')
    const lines = [
      ...heading,
      ...(all ? printAll(conf) : printChanged(conf, given.has('P') ? 'shown' : 'hidden')),
    ]
    return { stdout: `${lines.join('\n')}\n`, stderr: warnings, exit: 0 }
  },
}

function warning({ file, line, message }: Problem): string {
  const where = `${file} line ${line}`
  return `doveconf: Warning: ${message.startsWith('Global') ? '' : 'Configuration file '}${where}: ${message}\n`
}

function showNames(
  conf: DovecotConf,
  names: readonly string[],
  given: ReadonlyMap<string, string>,
  stderr: string,
): CommandResult {
  const filter = given.get('f') ?? ''
  if (filter !== '' && !/^(?:protocol|service|local|remote|lname)=/.test(filter))
    return fatal(`Unknown filter argument: ${filter}`)
  const settings = createDovecotSettings({ conf, ...readFilter(filter) })
  const lines = names.flatMap((name) => showName(conf, settings, name, given.has('h') ? 'value' : 'setting'))
  return { stdout: lines.map((line) => `${line}\n`).join(''), stderr, exit: 0 }
}

function showName(
  conf: DovecotConf,
  settings: DovecotSettings,
  name: string,
  what: 'value' | 'setting',
): readonly string[] {
  const plugin = name.startsWith('plugin/') ? settings.plugin(name.slice('plugin/'.length)) : null
  if (plugin !== null) return [what === 'value' ? plugin : `${name} = ${plugin}`]
  if (dovecotDefault(name) === null) return printSections(conf, name) ?? []
  const value = settings.text(name)
  // One setting by its name is shown as it is, without quotes.
  return [
    what === 'value' ? normalValue(name, value) : settingLine(name, value).replace(/ = "(.*)"$/, ' = $1'),
  ]
}

/** `-f protocol=imap`, `-f remote=192.0.2.1`. */
function readFilter(text: string): { protocol?: string; local?: string; remote?: string } {
  const [key, value = ''] = text.split('=')
  switch (key) {
    case 'protocol':
    case 'service':
      return { protocol: value }
    case 'local':
      return { local: value }
    case 'remote':
      return { remote: value }
    default:
      return {}
  }
}
