/** doveadm sieve list, get, put, activate, deactivate, delete, rename: the scripts of a user. doveadm-sieve(1). */
import { ScriptFolder } from '#mailbox/scripts/folder.ts'
import { enabledExtensions, vacationLimits } from '#mailbox/scripts/options.ts'
import { scriptPlaces } from '#mailbox/scripts/places.ts'
import { posixRegex } from '#mailbox/scripts/regex.ts'
import { compileSieve } from '#protocol/sieve/compile.ts'
import {
  exits,
  forUsers,
  readMailOptions,
  unfit,
  usageOf,
  type DoveadmCommand,
  type DoveadmInput,
  type UserAnswer,
} from './command.ts'

const who = '[-u <user>|-A] [-S <socket_path>]'

type Act = (
  folder: ScriptFolder,
  words: readonly string[],
  input: DoveadmInput,
  flags: ReadonlySet<string>,
) => Promise<UserAnswer>

const missing = (verb: string, name: string): UserAnswer => ({
  rows: [],
  errors: [`Failed to ${verb} Sieve script: Sieve script '${name}' not found`],
  exit: exits.notFound,
})

function sieveCommand(verb: string, usage: string, words: number, letters: string, act: Act): DoveadmCommand {
  return {
    name: `sieve ${verb}`,
    usage: `${who} ${usage}`,
    async run(input) {
      const options = readMailOptions(input.words, letters)
      const unfitting = unfit(this.name, options)
      if (unfitting !== null) return unfitting
      if (options.rest.length !== words) return usageOf(this)
      const columns =
        verb === 'list' || verb === 'get'
          ? [{ name: verb === 'list' ? 'script' : 'sieve script', title: 'hidden' } as const]
          : []
      return forUsers(
        input,
        { name: verb, options, columns, form: verb === 'get' ? 'pager' : 'flow' },
        async ({ user }) => {
          const places = scriptPlaces(input.settings, user)
          if (places.folder === null)
            return { rows: [], errors: ['Failed to open Sieve storage'], exit: exits.temporary }
          return act(
            new ScriptFolder(input.box.machine.disk, { ...places, folder: places.folder }),
            options.rest,
            input,
            options.flags,
          )
        },
      )
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
  if (result.program === null) return { rows: [], errors: result.lines, exit: exits.data }
  await folder.write(name, stdin)
  if (flags.has('a')) await folder.activate(name)
  return { rows: [] }
}

export const sieveCommands: readonly DoveadmCommand[] = [
  sieveCommand('activate', '<scriptname>', 1, '', async (folder, [name = '']) => {
    if (!(await folder.exists(name))) return missing('activate', name)
    await folder.activate(name)
    return { rows: [] }
  }),
  sieveCommand('deactivate', '', 0, '', async (folder) => {
    await folder.deactivate()
    return { rows: [] }
  }),
  sieveCommand('delete', '[-a] <scriptname>', 1, 'a', async (folder, [name = ''], _input, flags) => {
    if (!(await folder.exists(name))) return missing('delete', name)
    if ((await folder.active()) === name) {
      if (!flags.has('a'))
        return {
          rows: [],
          errors: [`Failed to delete Sieve script: Cannot delete the active Sieve script`],
          exit: exits.data,
        }
      await folder.deactivate()
    }
    await folder.remove(name)
    return { rows: [] }
  }),
  sieveCommand('get', '<scriptname>', 1, '', async (folder, [name = '']) => {
    const text = await folder.read(name)
    return text === null ? missing('get', name) : { rows: [[Buffer.from(text, 'latin1').toString('utf8')]] }
  }),
  sieveCommand('list', '', 0, '', async (folder) => {
    const active = await folder.active()
    return { rows: (await folder.names()).map((name) => [`${name}${name === active ? ' ACTIVE' : ''}`]) }
  }),
  sieveCommand('put', '[-a] <scriptname>', 1, 'a', put),
  sieveCommand('rename', '<oldname> <newname>', 2, '', async (folder, [from = '', to = '']) => {
    if (!(await folder.exists(from))) return missing('rename', from)
    await folder.rename(from, to)
    return { rows: [] }
  }),
]
