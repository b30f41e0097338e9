/** doveadm sieve list, get, put, activate, deactivate, delete, rename: the scripts of a user. doveadm-sieve(1). */
import { ScriptFolder } from '#mailbox/scripts/folder.ts'
import { enabledExtensions, vacationLimits } from '#mailbox/scripts/options.ts'
import { scriptPlaces } from '#mailbox/scripts/places.ts'
import { posixRegex } from '#mailbox/scripts/regex.ts'
import { compileSieve } from '#protocol/sieve/compile.ts'
import { isScriptName } from '#protocol/sieve/script-name.ts'
import {
  exits,
  failed,
  forUsers,
  readMailOptions,
  unfit,
  usageOf,
  type DoveadmCommand,
  type DoveadmInput,
  type Said,
  type UserAnswer,
} from './command.ts'
import { extraneous } from './options.ts'
import type { Column, Form } from './printer.ts'

const who = '[-u <user>|-A] [-S <socket_path>]'

type Act = (
  folder: ScriptFolder,
  words: readonly string[],
  input: DoveadmInput,
  flags: ReadonlySet<string>,
) => Promise<UserAnswer>

const failedTo = (verb: string, why: string, exit: number): UserAnswer => ({
  rows: [],
  errors: [`Failed to ${verb} Sieve script: ${why}`],
  exit,
})

const missing = (verb: string, name: string): UserAnswer =>
  failedTo(verb, `Sieve script \`${name}' not found`, exits.notFound)

type Shape = {
  readonly usage: string
  /** How many names it takes; `many`: one or more. */
  readonly names: 0 | 1 | 2 | 'many'
  readonly letters?: string
  readonly columns?: readonly Column[]
  readonly form?: Form
}

function sieveCommand(verb: string, shape: Shape, act: Act): DoveadmCommand {
  const { usage, names, letters = '', columns = [], form = 'flow' } = shape
  return {
    name: `sieve ${verb}`,
    usage: `${who} ${usage}`,
    async run(input) {
      const options = readMailOptions(input.words, letters)
      const unfitting = unfit(this.name, options)
      if (unfitting !== null) return unfitting
      const { rest } = options
      if (rest.length < (names === 'many' ? 1 : names)) return usageOf(this)
      const extra = names === 'many' ? null : extraneous(rest.slice(names))
      if (extra !== null) return extra
      const wrong = rest.find((name) => !isScriptName(name))
      if (wrong !== undefined) return failed(`Fatal: Sieve script name not valid: ${wrong}\n`, exits.data)
      return forUsers(input, { name: verb, options, columns, form }, async ({ user }) => {
        const places = scriptPlaces(input.settings, user)
        if (places.folder === null)
          return { rows: [], errors: ['Failed to open Sieve storage'], exit: exits.temporary }
        const { folder } = places
        return act(
          new ScriptFolder(input.box.machine.disk, { ...places, folder }),
          rest,
          input,
          options.flags,
        )
      })
    },
  }
}

const put: Act = async (folder, [name = ''], { stdin, settings }, flags) => {
  const result = await compileSieve(name, stdin, {
    extensions: enabledExtensions(settings),
    regex: posixRegex,
    vacation: vacationLimits(settings),
    occasion: 'upload',
    find: async (location, wanted) => (location === 'personal' ? folder.read(wanted) : null),
  })
  const errors = result.lines.map(logged)
  if (result.program === null) return { rows: [], errors, exit: exits.data }
  await folder.write(name, stdin)
  if (flags.has('a')) await folder.activate(name)
  return { rows: [], errors }
}

/** What an author reads with its level and a full stop, a log has with neither. */
function logged(line: string): Said {
  const [, where = '', level = '', text = line] = /^(.*?)\b(error|warning|info): (.*)\.$/s.exec(line) ?? []
  return level === 'warning' ? { warning: `sieve: ${where}${text}` } : `sieve: ${where}${text}`
}

const remove: Act = async (folder, names, _input, flags) => {
  const errors: Said[] = []
  let exit = 0
  for (const name of names) {
    const answer = await removeOne(folder, name, flags)
    errors.push(...(answer.errors ?? []))
    exit = exit === exits.notFound ? exit : (answer.exit ?? exit)
  }
  return { rows: [], errors, ...(exit === 0 ? {} : { exit }) }
}

async function removeOne(
  folder: ScriptFolder,
  name: string,
  flags: ReadonlySet<string>,
): Promise<UserAnswer> {
  if (!(await folder.exists(name))) return missing('delete', name)
  if ((await folder.active()) === name) {
    if (!flags.has('a')) return failedTo('delete', 'Cannot delete the active Sieve script.', exits.data)
    await folder.deactivate()
  }
  await folder.remove(name)
  return { rows: [] }
}

const shown = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8')

export const sieveCommands: readonly DoveadmCommand[] = [
  sieveCommand('activate', { usage: '<scriptname>', names: 1 }, async (folder, [name = '']) => {
    if (!(await folder.exists(name))) return missing('activate', name)
    await folder.activate(name)
    return { rows: [] }
  }),
  sieveCommand('deactivate', { usage: '', names: 0 }, async (folder) => {
    await folder.deactivate()
    return { rows: [] }
  }),
  sieveCommand('delete', { usage: '[-a] <scriptname> [...]', names: 'many', letters: 'a' }, remove),
  sieveCommand(
    'get',
    { usage: '<scriptname>', names: 1, columns: [{ name: 'sieve script', stream: true }], form: 'pager' },
    async (folder, [name = '']) => {
      const text = await folder.read(name)
      return text === null ? missing('open', name) : { rows: [[shown(text)]] }
    },
  ),
  sieveCommand(
    'list',
    {
      usage: '',
      names: 0,
      columns: [
        { name: 'script', title: 'hidden' },
        { name: 'active', title: 'hidden' },
      ],
    },
    async (folder) => {
      const active = await folder.active()
      const names = await folder.names()
      return { rows: names.map((name) => [shown(name), name === active ? 'ACTIVE' : '']) }
    },
  ),
  sieveCommand('put', { usage: '[-a] <scriptname>', names: 1, letters: 'a' }, put),
  sieveCommand('rename', { usage: '<oldname> <newname>', names: 2 }, async (folder, [from = '', to = '']) => {
    if (!(await folder.exists(from))) return missing('rename', from)
    if (await folder.exists(to))
      return failedTo('rename', 'A sieve script with that name already exists.', exits.data)
    await folder.rename(from, to)
    return { rows: [] }
  }),
]
