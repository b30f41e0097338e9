/** doveconf shows the configuration of Dovecot: what was changed, or everything, or one setting. doveconf(1). */
import { dovecotDefault } from '#config/dovecot-defaults.ts'
import type { DovecotConf } from '#config/dovecot-conf.ts'
import type { DovecotPeer } from '#config/dovecot-filter.ts'
import { crowdedServices } from '#config/dovecot-crowded.ts'
import { lateProblems, sslWarning, type LateProblem } from '#config/dovecot-late-checks.ts'
import { normalValue, printConf, printSections, valueAtPath, type Scope } from '#config/dovecot-print.ts'
import type { Problem } from '#config/problem.ts'
import { extensionsOn } from '#protocol/sieve/extensions.ts'
import { createDovecotSettings } from '#config/dovecot-settings.ts'
import type { Box, CommandResult, HostCommand } from '#host/command.ts'
import { readOptions, optionProblem } from './arguments.ts'
import { diskReason } from '../disk-errors.ts'
import { loadDovecotConf, unreadableValue } from '../dovecot-conf-files.ts'
import { absolute } from '../paths.ts'

/** As Dovecot's programs end when they cannot go on. */
const fatalExit = 89

const fatalLine = (message: string): string => `doveconf: Fatal: ${message}\n`

export const doveconf: HostCommand = {
  name: 'doveconf',
  async run({ box, words, directory }) {
    const reading = readOptions(words.slice(1), 'ac:def:hm:nNpPsSx')
    if (reading.kind !== 'options') return failed(optionProblem('doveconf', reading))
    const given = new Map(reading.options.map(({ letter, value }) => [letter, value]))
    const peer = readFilters(reading.options.filter(({ letter }) => letter === 'f').map(({ value }) => value))
    if (typeof peer === 'string') return failed(fatalLine(`Unknown filter argument: ${peer}`))
    if (given.has('e')) return failed(fatalLine('Missing command for -e'))
    const file = given.get('c') ?? '/etc/dovecot/dovecot.conf'
    let read: Read
    try {
      const conf = await loadDovecotConf(box.machine.disk, absolute(directory, file), file)
      read = await examine(box, conf)
    } catch (error) {
      return failed(fatalLine(`open(${file}) failed: ${diskReason(error)}`))
    }
    // Without -m it runs managesieve to learn its capability, and that reads the file with a doveconf of its own.
    const learned = given.has('m') ? null : learn(read)
    const view: View = {
      given,
      peer,
      names: reading.rest,
      read: given.has('d') ? nothingWrong(file) : read,
      capability: learned?.known === false ? null : sieveCapability(read.conf),
    }
    const { stdout, stderr, exit } = view.names.length > 0 ? showNames(view) : await showAll(box, view)
    return { stdout, stderr: (learned?.stderr ?? '') + stderr, exit }
  },
}

/** What managesieve announces: the extensions that a user may ask for. */
function sieveCapability(conf: DovecotConf): string {
  const written = createDovecotSettings({ conf }).plugin('sieve_extensions')
  return extensionsOn(written ?? '').join(' ')
}

const failed = (stderr: string): CommandResult => ({ stdout: '', stderr, exit: fatalExit })

/** A configuration with what is wrong in it. */
type Read = {
  readonly conf: DovecotConf
  /** Where the reading stopped. */
  readonly fatal: Problem | null
  readonly late: readonly LateProblem[]
  /** Values that are files which are not there, for who expands all of them, and for managesieve-login. */
  readonly unreadable: Problem | null
  readonly unreadableToLogin: Problem | null
  readonly sslWarning: string | null
  readonly crowded: readonly string[]
}

async function examine({ machine }: Box, conf: DovecotConf): Promise<Read> {
  const settings = createDovecotSettings({ conf })
  const fatal = conf.problems.find(({ severity }) => severity === 'fatal') ?? null
  const users = await machine.disk.readText('/etc/passwd').catch(() => null)
  const exists = (name: string): boolean =>
    users === null ||
    /^(?:dovecot|dovenull)$/.test(name) ||
    users.split('\n').some((line) => line.startsWith(`${name}:`))
  return {
    conf,
    fatal,
    late: fatal === null ? lateProblems(conf, settings, exists) : [],
    crowded: fatal === null ? crowdedServices(settings) : [],
    unreadable: await unreadableValue(machine.disk, conf, () => true),
    unreadableToLogin: await unreadableValue(machine.disk, conf, (key) => !/^(?:ssl|login)_/.test(key)),
    sslWarning: fatal === null ? sslWarning(conf, settings) : null,
  }
}

const nothingWrong = (file: string): Read => ({
  conf: { file, entries: [], problems: [], unexpanded: [] },
  fatal: null,
  late: [],
  unreadable: null,
  unreadableToLogin: null,
  sslWarning: null,
  crowded: [],
})

const isUnclosed = ({ message }: Problem): boolean => message.startsWith("Missing '}'")

function fatalText({ conf }: Read, problem: Problem): string {
  const where = isUnclosed(problem) ? conf.file : `${problem.file} line ${problem.line}`
  return fatalLine(`Error in configuration file ${where}: ${problem.message}`)
}

function warningsOf({ conf }: Read): string {
  return conf.problems
    .filter(({ severity }) => severity !== 'fatal')
    .map(({ severity, message }) => `doveconf: ${severity === 'error' ? 'Error' : 'Warning'}: ${message}\n`)
    .join('')
}

/** What managesieve-login, asked for its capability, has to say of the file. */
function learn(read: Read): { readonly known: boolean; readonly stderr: string } {
  const refused = [read.conf.unexpanded[0], read.fatal, read.unreadableToLogin]
    .filter((problem) => problem !== undefined && problem !== null)
    .sort((a, b) => a.line - b.line)[0]
  const everywhere = read.late.find(({ seen }) => seen === 'everywhere')
  const ssl = read.sslWarning === null ? '' : `doveconf: Warning: ${read.sslWarning}\n`
  const said =
    refused !== undefined
      ? fatalText(read, refused)
      : everywhere !== undefined
        ? fatalLine(`Error in configuration file ${read.conf.file}: ${everywhere.message}`)
        : ''
  if (said === '') return { known: true, stderr: warningsOf(read) + ssl }
  const ended = `doveconf: Error: managesieve-login: dump-capability process returned ${fatalExit}\n`
  return { known: false, stderr: warningsOf(read) + said + ended }
}

type View = {
  readonly given: ReadonlyMap<string, string>
  readonly peer: DovecotPeer
  readonly names: readonly string[]
  readonly read: Read
  readonly capability: string | null
}

async function showAll({ machine }: Box, view: View): Promise<CommandResult> {
  const { given, read, peer, capability } = view
  const version = [`# 2.3.19.1 (9b53102964): ${read.conf.file}`, '# Pigeonhole version 0.5.19 (4eae2f79)']
  const stopped = stopProblem(view)
  if (stopped !== null) {
    const stderr = warningsOf(read) + fatalText(read, stopped)
    return { stdout: `${version.join('\n')}\n`, stderr, exit: fatalExit }
  }
  const scope = scopeOf(given)
  const lines = [
    ...version,
    '# OS: Linux x86_64 Debian 12 ',
    `# Hostname: ${machine.name}`,
    ...(scope === 'all' ? ['# NOTE: Send doveconf -n output instead when asking for help.'] : []),
    ...printConf(read.conf, {
      scope,
      secrets: given.has('P') ? 'shown' : 'hidden',
      peer,
      module: null,
      capability,
    }),
  ]
  const first = read.late[0]
  const ended =
    read.fatal !== null
      ? fatalText(read, read.fatal)
      : first === undefined
        ? ''
        : fatalLine(`Error in configuration file ${read.conf.file}: ${first.message}`)
  const stderr = warningsOf(read) + lateText(read) + ended
  return { stdout: `${lines.join('\n')}\n`, stderr, exit: ended === '' ? 0 : fatalExit }
}

function scopeOf(given: View['given']): Scope {
  if (given.has('n')) return 'changed'
  if (given.has('N')) return 'set'
  return given.has('s') ? 'hidden' : 'all'
}

/** With -x, values are expanded, and a file that is named must be there. A section left open is said at the end. */
function stopProblem({ read, given }: View): Problem | null {
  if (read.fatal !== null && !isUnclosed(read.fatal)) return read.fatal
  return given.has('x') ? (read.conf.unexpanded[0] ?? read.unreadable) : null
}

function lateText({ late, sslWarning, crowded }: Read): string {
  const warnings = sslWarning === null ? crowded : [sslWarning, ...crowded]
  return [
    ...late.map(({ message }) => `doveconf: Error: ${message}\n`),
    ...warnings.map((message) => `doveconf: Warning: ${message}\n`),
  ].join('')
}

function showNames(view: View): CommandResult {
  const { names, read } = view
  const stopped = stopProblem(view)
  if (stopped !== null) return failed(warningsOf(read) + fatalText(read, stopped))
  const sections = names.some((name) => dovecotDefault(name) === null && isSection(view, name))
  const lines = names.flatMap((name) => showName(view, name))
  const ssl = read.sslWarning === null ? '' : `doveconf: Warning: ${read.sslWarning}\n`
  return {
    stdout: lines.map((line) => `${line}\n`).join(''),
    stderr: warningsOf(read) + (sections ? lateText(read) : ssl),
    exit: 0,
  }
}

const isSection = ({ read, peer }: View, name: string): boolean =>
  printSections(read.conf, name, peer) !== null

function showName({ read, peer, given }: View, name: string): readonly string[] {
  const { conf } = read
  if (name.includes('/')) {
    const value = valueAtPath(conf, name, peer)
    return value === null ? [] : [given.has('h') ? value : `${name} = ${value}`]
  }
  const usual = dovecotDefault(name)
  if (usual === null) return printSections(conf, name, peer) ?? []
  // One setting by its name is shown as it is, without quotes.
  const value = normalValue(name, createDovecotSettings({ conf, ...peer }).shown(name))
  if (given.has('n') && value === usual) return []
  return [given.has('h') ? value : `${name} = ${value}`]
}

/** `-f protocol=imap -f remote=192.0.2.1`; the word itself when it is none of these. */
function readFilters(texts: readonly string[]): DovecotPeer | string {
  let peer: DovecotPeer = {}
  for (const text of texts) {
    const [key, value = ''] = text.split('=')
    if (key === 'protocol' || key === 'service') peer = { ...peer, protocol: value }
    else if (key === 'local') peer = { ...peer, local: value }
    else if (key === 'lname') peer = { ...peer, localName: value }
    else if (key === 'remote') peer = { ...peer, remote: value }
    else return text
  }
  return peer
}
