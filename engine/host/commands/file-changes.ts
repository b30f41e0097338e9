/** cp, mv, rm, mkdir, touch, chmod and tee change files of the host. */
import type { CommandInput, CommandResult, HostCommand } from '#host/command.ts'
import { diskReason, writeToDisk } from '#host/disk-errors.ts'
import { absolute } from '#host/paths.ts'
import { printed, readLetters } from '#host/words.ts'

const maximumFiles = 10_000

/** Copies files, and with -r folders. cp(1). */
export const cp: HostCommand = {
  name: 'cp',
  async run(input) {
    const letters = readLetters(input.words, { plain: 'Rafpr' })
    if (!letters.ok) return letters.result
    const recursive = ['r', 'R', 'a'].some((letter) => letters.given.has(letter))
    return toTarget(input, letters.operands, async (from, to, name) => {
      const stat = await input.box.machine.disk.stat(from)
      if (!stat) return `cp: cannot stat '${name}': No such file or directory\n`
      if (stat.kind === 'folder' && !recursive) return `cp: -r not specified; omitting directory '${name}'\n`
      await copy(input, from, to, { left: maximumFiles })
      return ''
    })
  },
}

async function copy(input: CommandInput, from: string, to: string, budget: { left: number }): Promise<void> {
  const { disk } = input.box.machine
  const stat = await disk.stat(from)
  budget.left -= 1
  if (!stat || budget.left < 0) return
  const mode = stat.mode & 0o7777
  if (stat.kind !== 'folder') {
    await disk.commit([{ kind: 'write', path: to, bytes: await disk.read(from), mode }])
    return
  }
  if (!(await disk.stat(to))) await disk.commit([{ kind: 'mkdir', path: to, mode }])
  for (const name of await disk.list(from)) await copy(input, `${from}/${name}`, `${to}/${name}`, budget)
}

/** Renames files. mv(1). */
export const mv: HostCommand = {
  name: 'mv',
  async run(input) {
    const letters = readLetters(input.words, { plain: 'fn' })
    if (!letters.ok) return letters.result
    const { disk } = input.box.machine
    return toTarget(input, letters.operands, async (from, to, name) => {
      if (!(await disk.lstat(from))) return `mv: cannot stat '${name}': No such file or directory\n`
      await disk.commit([{ kind: 'rename', from, to }])
      return ''
    })
  },
}

/** Several sources go into a folder; one goes to a folder or a name. `move` answers with what to say on stderr. */
async function toTarget(
  input: CommandInput,
  operands: readonly string[],
  move: (from: string, to: string, name: string) => Promise<string>,
): Promise<CommandResult> {
  const command = input.words[0] ?? ''
  const last = operands.at(-1)
  if (last === undefined) return printed('', `${command}: missing file operand\n`)
  if (operands.length < 2)
    return printed('', `${command}: missing destination file operand after '${last}'\n`)
  const target = absolute(input.directory, last)
  const folder = (await input.box.machine.disk.stat(target))?.kind === 'folder'
  if (operands.length > 2 && !folder)
    return printed('', `${command}: target '${last}': No such file or directory\n`)
  let stderr = ''
  for (const name of operands.slice(0, -1)) {
    const from = absolute(input.directory, name)
    const to = folder ? `${target}/${from.slice(from.lastIndexOf('/') + 1)}` : target
    try {
      stderr += await move(from, to, name)
    } catch (error) {
      stderr += `${command}: cannot create '${last}': ${diskReason(error)}\n`
    }
  }
  return printed('', stderr)
}

/** Removes files, and with -r folders. rm(1). */
export const rm: HostCommand = {
  name: 'rm',
  run: (input) =>
    forEach(input, { plain: 'Rdfr' }, async (path, name, given) => {
      const stat = await input.box.machine.disk.lstat(path)
      if (!stat) return given.has('f') ? '' : `rm: cannot remove '${name}': No such file or directory\n`
      if (stat.kind === 'folder' && !given.has('r') && !given.has('R')) {
        return `rm: cannot remove '${name}': Is a directory\n`
      }
      if (path === '/') return "rm: it is dangerous to operate recursively on '/'\n"
      await input.box.machine.disk.commit([{ kind: 'remove', path }])
      return ''
    }),
}

/** Makes folders. mkdir(1). */
export const mkdir: HostCommand = {
  name: 'mkdir',
  run: (input) =>
    forEach(input, { plain: 'p', withValue: 'm' }, async (path, name, given) => {
      const { disk } = input.box.machine
      const fail = (reason: string) => `mkdir: cannot create directory ‘${name}’: ${reason}\n`
      const existing = await disk.stat(path)
      if (existing) return given.has('p') && existing.kind === 'folder' ? '' : fail('File exists')
      const parent = await disk.stat(absolute(path, '..'))
      if (!parent && !given.has('p')) return fail('No such file or directory')
      await disk.commit([{ kind: 'mkdir', path }])
      return ''
    }),
}

/** Makes a file, or sets its time to now. touch(1). */
export const touch: HostCommand = {
  name: 'touch',
  run: (input) =>
    forEach(input, { plain: 'acm' }, async (path, name) => {
      const { disk, clock } = input.box.machine
      try {
        if (await disk.stat(path)) await disk.commit([{ kind: 'touch', path, modified: clock.now() }])
        else await writeToDisk(input, name, '')
        return ''
      } catch (error) {
        return `touch: cannot touch '${name}': ${diskReason(error)}\n`
      }
    }),
}

/** Sets the mode of files, in octal. chmod(1). */
export const chmod: HostCommand = {
  name: 'chmod',
  async run(input) {
    const [mode, ...names] = input.words.slice(1).filter((word) => !word.startsWith('-'))
    if (mode === undefined || !/^[0-7]{3,4}$/.test(mode))
      return printed('', `chmod: invalid mode: ‘${mode ?? ''}’\n`)
    let stderr = ''
    for (const name of names) {
      const path = absolute(input.directory, name)
      const { disk } = input.box.machine
      if (await disk.stat(path)) await disk.commit([{ kind: 'chmod', path, mode: parseInt(mode, 8) }])
      else stderr += `chmod: cannot access '${name}': No such file or directory\n`
    }
    return printed('', stderr)
  },
}

/** Passes its input on, and keeps a copy in files. tee(1). */
export const tee: HostCommand = {
  name: 'tee',
  async run(input) {
    const letters = readLetters(input.words, { plain: 'ai' })
    if (!letters.ok) return letters.result
    let stderr = ''
    for (const name of letters.operands) {
      try {
        await writeToDisk(input, name, input.stdin, letters.given.has('a') ? 'append' : 'replace')
      } catch (error) {
        stderr += `tee: ${name}: ${diskReason(error)}\n`
      }
    }
    return printed(input.stdin, stderr)
  },
}

/** Runs `change` on each operand; it answers with what to say on stderr. */
async function forEach(
  input: CommandInput,
  accepted: { plain: string; withValue?: string },
  change: (path: string, name: string, given: ReadonlySet<string>) => Promise<string>,
): Promise<CommandResult> {
  const letters = readLetters(input.words, accepted)
  if (!letters.ok) return letters.result
  const command = input.words[0] ?? ''
  if (letters.operands.length === 0) {
    if (letters.given.has('f')) return printed('')
    return printed('', `${command}: missing operand\nTry '${command} --help' for more information.\n`)
  }
  let stderr = ''
  for (const name of letters.operands)
    stderr += await change(absolute(input.directory, name), name, letters.given)
  return printed('', stderr)
}
