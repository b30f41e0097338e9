/**
 * The shell of a lab host: reads a command line, finds each command by its name or path, and runs it with the host's own
 * files. It never leaves the host's tree, and knows only the commands of `commands/`.
 *
 * sh(1).
 */
import { commands } from '#host/commands/index.ts'
import type { Box, CommandResult } from '#host/command.ts'
import { writeToDisk } from '#host/disk-errors.ts'
import { absolute } from '#host/paths.ts'
import {
  readCommandLine,
  type Pipeline,
  type Redirection,
  type ShellWord,
  type SimpleCommand,
  withLastExit,
} from '#host/shell-words.ts'
import { DiskError } from '#platform/disk.ts'

export type ShellRequest = { readonly user: string; readonly command: string; readonly stdin: string }

/** Longer than any line that a lesson or a script types. */
const maximumLine = 65_536
const maximumOutput = 4_194_304
const maximumMatches = 10_000

const commandFolders = ['/bin/', '/sbin/', '/usr/bin/', '/usr/sbin/', '/usr/lib/postfix/sbin/']

export async function runCommand(box: Box, request: ShellRequest): Promise<CommandResult> {
  const person = await box.machine.user(request.user)
  const home = person?.home ?? (request.user === 'root' ? '/root' : '/')
  const shell = { box, user: request.user, home, directory: home, lastExit: 0 }
  if (request.command.length > maximumLine) return failure('sh: 1: Argument list too long\n', 126)
  const reading = readCommandLine(request.command, { home })
  if (!reading.ok) return failure(`sh: 1: ${reading.message}\n`, 2)

  let stdout = ''
  let stderr = ''
  let exit = 0
  let here: Shell = shell
  for (const pipeline of reading.pipelines) {
    if (!shouldRun(pipeline, exit)) continue
    const moved = await changeFolder(pipeline, here)
    if (moved) {
      here = { ...here, directory: moved.directory }
      stderr += moved.stderr
      exit = moved.exit
      continue
    }
    const result = await runPipeline(pipeline, { ...here, lastExit: exit }, request.stdin)
    stdout = (stdout + result.stdout).slice(0, maximumOutput)
    stderr = (stderr + result.stderr).slice(0, maximumOutput)
    exit = result.exit
  }
  return { stdout, stderr, exit }
}

type Shell = {
  readonly box: Box
  readonly user: string
  readonly home: string
  readonly directory: string
  /** `$?`: how the command before ended. */
  readonly lastExit: number
}

const failure = (stderr: string, exit: number): CommandResult => ({ stdout: '', stderr, exit })

function shouldRun({ after }: Pipeline, lastExit: number): boolean {
  if (after === 'always') return true
  return after === 'success' ? lastExit === 0 : lastExit !== 0
}

/** `cd` is the shell's own: it changes where the commands after it run. */
async function changeFolder(
  { commands }: Pipeline,
  shell: Shell,
): Promise<{ directory: string; stderr: string; exit: number } | null> {
  const words = commands.length === 1 ? commands[0]?.words : undefined
  if (words?.[0]?.text !== 'cd') return null
  const target = absolute(shell.directory, words[1]?.text ?? shell.home)
  const stat = await shell.box.machine.disk.stat(target)
  if (stat?.kind === 'folder') return { directory: target, stderr: '', exit: 0 }
  return {
    directory: shell.directory,
    stderr: `sh: 1: cd: can't cd to ${words[1]?.text ?? target}\n`,
    exit: 2,
  }
}

async function runPipeline(pipeline: Pipeline, shell: Shell, stdin: string): Promise<CommandResult> {
  let input = stdin
  let stderr = ''
  let last: CommandResult = { stdout: '', stderr: '', exit: 0 }
  for (const command of pipeline.commands) {
    last = await runRedirected(command, shell, input)
    stderr += last.stderr
    input = last.stdout
  }
  return { ...last, stderr }
}

async function runRedirected(command: SimpleCommand, shell: Shell, stdin: string): Promise<CommandResult> {
  const { disk } = shell.box.machine
  try {
    let input = stdin
    for (const { kind, target } of command.redirections) {
      if (kind === '<' && target) input = await disk.readText(absolute(shell.directory, target.text))
      else if (kind === '>' && target) await writeToDisk(shell, target.text, '')
    }
    const result = await runSimple(
      await expandWords(withLastExit(command.words, shell.lastExit), shell),
      shell,
      input,
    )
    return await applyRedirections(result, command.redirections, shell)
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    const file = command.redirections.find(({ target }) => target !== null)?.target?.text ?? error.path
    const verb =
      error.code === 'ENOENT' && command.redirections.some(({ kind }) => kind === '<') ? 'open' : 'create'
    const reason = error.code === 'ENOENT' && verb === 'open' ? 'No such file' : reasonWord(error)
    return failure(`sh: 1: cannot ${verb} ${file}: ${reason}\n`, 2)
  }
}

const reasonWord = (error: DiskError): string =>
  error.code === 'EISDIR'
    ? 'Is a directory'
    : error.code === 'EACCES'
      ? 'Permission denied'
      : 'Directory nonexistent'

async function applyRedirections(
  result: CommandResult,
  redirections: readonly Redirection[],
  shell: Shell,
): Promise<CommandResult> {
  let { stdout, stderr } = result
  for (const { kind, target } of redirections) {
    if (kind === '2>&1') {
      stdout += stderr
      stderr = ''
    } else if (kind === '>&2') {
      stderr += stdout
      stdout = ''
    } else if (target && kind !== '<') {
      const text = kind.startsWith('2') ? stderr : stdout
      await writeToDisk(shell, target.text, text, kind.endsWith('>>') ? 'append' : 'replace')
      if (kind.startsWith('2')) stderr = ''
      else stdout = ''
    }
  }
  return { ...result, stdout, stderr }
}

async function runSimple(words: readonly string[], shell: Shell, stdin: string): Promise<CommandResult> {
  const [written] = words
  if (written === undefined) return { stdout: '', stderr: '', exit: 0 }
  const folder = commandFolders.find((it) => written.startsWith(it))
  const name = folder === undefined ? written : written.slice(folder.length)
  const command = commands.get(written) ?? commands.get(name)
  if (!command) {
    return failure(`sh: 1: ${written}: not found\n`, 127)
  }
  const { box, user, directory } = shell
  return command.run({ box, user, words, stdin, directory })
}

/** `*` and `?` become the names that match; a pattern that matches nothing stays as it is. */
async function expandWords(words: readonly ShellWord[], shell: Shell): Promise<readonly string[]> {
  const expanded: string[] = []
  for (const { text, pattern } of words) {
    const found = pattern ? await matching(text, pattern, shell) : []
    expanded.push(...(found.length > 0 ? found : [text]))
  }
  return expanded
}

async function matching(
  text: string,
  pattern: RegExp,
  { box, directory }: Shell,
): Promise<readonly string[]> {
  const levels = text.split('/')
  let found: readonly string[] = [text.startsWith('/') ? '/' : '']
  for (const [i, level] of levels.entries()) {
    if (level === '') continue
    const next: string[] = []
    for (const before of found) {
      const names = /[*?]/.test(level) ? await namesIn(box, absolute(directory, before)) : [level]
      for (const name of names) {
        if (name.startsWith('.') && !level.startsWith('.')) continue
        const path = before + name
        if (levelPattern(pattern, i).test(path)) next.push(i === levels.length - 1 ? path : `${path}/`)
      }
    }
    found = next.slice(0, maximumMatches)
  }
  const exist = await Promise.all(found.map((path) => box.machine.disk.lstat(absolute(directory, path))))
  return found.filter((_, i) => exist[i]).sort()
}

/** The part of a pattern up to its i-th level. */
function levelPattern(pattern: RegExp, level: number): RegExp {
  const parts = pattern.source.slice(1, -1).split('\\/')
  return new RegExp(`^${parts.slice(0, level + 1).join('\\/')}$`)
}

async function namesIn(box: Box, folder: string): Promise<readonly string[]> {
  try {
    return await box.machine.disk.list(folder)
  } catch (error) {
    if (error instanceof DiskError) return []
    throw error
  }
}
