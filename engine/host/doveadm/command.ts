/** A command of doveadm: `doveadm mailbox list`. One file has those that belong together; `tree.ts` lists them. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Box, CommandResult } from '#host/command.ts'
import { MailboxError, type MailStore, type MailUser } from '#mailbox/mail-store.ts'
import { named } from '#protocol/named.ts'
import { inNamespace } from './namespace.ts'
import { printRows, type Column, type Form } from './printer.ts'

export type DoveadmInput = {
  readonly box: Box
  readonly settings: DovecotSettings
  /** After the command's own name. */
  readonly words: readonly string[]
  /** `-f`; null: the command's own. */
  readonly form: Form | null
  readonly stdin: string
}

export type DoveadmCommand = {
  /** `mailbox list`. */
  readonly name: string
  readonly usage: string
  readonly run: (input: DoveadmInput) => Promise<CommandResult>
}

/** sysexits(3), as doveadm ends. */
export const exits = {
  usage: 64,
  data: 65,
  noUser: 67,
  notFound: 68,
  temporary: 75,
  noPermission: 77,
} as const

export const done = (stdout = ''): CommandResult => ({ stdout, stderr: '', exit: 0 })
export const failed = (stderr: string, exit: number, stdout = ''): CommandResult => ({ stdout, stderr, exit })

export const usageOf = ({ name, usage }: Pick<DoveadmCommand, 'name' | 'usage'>): CommandResult =>
  failed(`doveadm ${name} ${usage}\n`, exits.usage)

/** A command whose words are wrong: told by its usage, or by a sentence. */
export class Misused extends Error {}

/** An error, or what is less than that. */
export type Said = string | { readonly warning: string }

/** What a command says about one user, and how it ends. */
export type UserAnswer = {
  readonly rows: readonly (readonly string[])[]
  readonly errors?: readonly Said[]
  readonly exit?: number
}

export type UserWork = {
  readonly user: MailUser
  readonly store: MailStore
}

export type MailOptions = {
  readonly users: readonly string[] | 'all' | null
  readonly rest: readonly string[]
  readonly flags: ReadonlySet<string>
  /** Of letters that take a word. */
  readonly values: ReadonlyMap<string, string>
  /** The letter that is not known, or that lacks its word. */
  readonly wrong: string | null
  readonly missing: boolean
}

const long: Readonly<Record<string, string>> = named({
  '--user': '-u',
  '--all-users': '-A',
  '--socket-path': '-S',
  '--user-file': '-F',
})

const shortened = (word: string): string => long[word] ?? word

/** How a command of mailboxes ends before it looks at any: an option that is not known, nobody to do it for. */
export function unfit(command: string, { wrong, missing, users, values }: MailOptions): CommandResult | null {
  const verb = command.split(' ').at(-1) ?? ''
  if (wrong !== null) {
    const said = missing ? `option requires an argument -- '${wrong}'` : `invalid option -- '${wrong}'`
    return failed(`${verb}: ${said}\n`, exits.usage)
  }
  return users === null && !values.has('F') ? failed(noUser, exits.usage) : null
}

const noUser = 'Fatal: USER environment is missing and -u option not used\n'

/** `-u alice`, `-A`, and the command's own letters; as getopt, wherever they stand. `valued` take a word of their own. */
export function readMailOptions(words: readonly string[], letters: string, valued = ''): MailOptions {
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const rest: string[] = []
  let users: string[] | 'all' | null = null
  for (let i = 0; i < words.length; i++) {
    const word = shortened(words[i] ?? '')
    if (word === '--') {
      rest.push(...words.slice(i + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      rest.push(word)
      continue
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at)
      if (letter === 'A') users = 'all'
      else if (`uSF${valued}`.includes(letter)) {
        const value = word.slice(at + 1) || words[++i]
        if (value === undefined) return { users, rest, flags, values, wrong: letter, missing: true }
        if (letter !== 'u') values.set(letter, value)
        // Who asks for all gets all.
        else if (users !== 'all') users = [value]
        break
      } else if (letters.includes(letter)) flags.add(letter)
      else return { users, rest, flags, values, wrong: letter, missing: false }
    }
  }
  return { users, rest, flags, values, wrong: null, missing: false }
}

/** Runs a command for each user that was asked for, and prints what it found. */
export async function forUsers(
  input: DoveadmInput,
  command: {
    readonly name: string
    readonly options: MailOptions
    readonly columns: readonly Column[]
    readonly form: Form
  },
  work: (user: UserWork) => Promise<UserAnswer>,
): Promise<CommandResult> {
  const { box } = input
  const asked = await usersOf(box, command.options)
  if (typeof asked === 'string') return failed(asked, exits.temporary)
  if (asked === null) return failed(noUser, exits.usage)
  const { wanted, several } = asked
  const [first = ''] = wanted
  if (!box.running('dovecot') && wanted.length > 0)
    return failed(noAuth(box, first) + noUserLookup(first), exits.temporary)
  const form = input.form ?? command.form
  const rows: (readonly string[])[] = []
  const errors: string[] = []
  let exit = 0
  for (const name of wanted) {
    const found = await workFor(input, name)
    if (typeof found === 'string') {
      errors.push(`doveadm(${name}): Error: ${found}\n`)
      exit = exits.noUser
      continue
    }
    const { user } = found
    const answer = await work(found)
    if (answer.rows.length > 0 && form === 'table' && command.columns.some(({ stream }) => stream))
      return failed(
        `doveadm(${user.name}): Fatal: table formatter doesn't support multi-line values\n`,
        exits.temporary,
      )
    rows.push(...answer.rows.map((row) => (several ? [user.name, ...row] : row)))
    errors.push(
      ...(answer.errors ?? []).map((said) =>
        typeof said === 'string'
          ? `doveadm(${user.name}): Error: ${said}\n`
          : `doveadm(${user.name}): Warning: ${said.warning}\n`,
      ),
    )
    exit = answer.exit ?? exit
  }
  const columns: readonly Column[] = several
    ? [{ name: 'username', head: 'Username', title: 'hidden' }, ...command.columns]
    : command.columns
  const stdout = columns.length === 0 ? '' : printRows(form, columns, rows)
  return { stdout, stderr: errors.join(''), exit }
}

/** Whom a command is for; a text: why nobody can say. A mask or -A names several, though it be one. */
async function usersOf(
  { machine, mail }: Box,
  { users, values }: MailOptions,
): Promise<{ readonly wanted: readonly string[]; readonly several: boolean } | string | null> {
  const file = values.get('F')
  if (file !== undefined) {
    const text = await machine.disk.readText(file).catch(() => null)
    if (text === null) {
      const why = `open(${file}) failed: No such file or directory`
      return `Error: read(${file}) failed: ${why}\ndoveadm: Error: Failed to iterate through some users\n`
    }
    return { wanted: text.split('\n').filter((line) => line !== ''), several: true }
  }
  if (users === null) return null
  const [mask = ''] = users
  if (users !== 'all' && !/[*?]/.test(mask)) return { wanted: users, several: false }
  const names = (await mail?.accounts.names()) ?? []
  const pattern = wildcards(users === 'all' ? '*' : mask)
  return { wanted: names.filter((name) => pattern.test(name)), several: true }
}

/** Nobody answers at the socket of auth. */
export const noAuth = ({ machine }: Box, name: string): string =>
  `doveadm(${name})<${machine.next('process')}><>: Error: auth-master: userdb lookup(${name}): ` +
  'connect(/run/dovecot/auth-userdb) failed: Connection refused\n'

const noUserLookup = (name: string): string =>
  `doveadm(${name}): Error: User lookup failed: Internal error occurred. Refer to server log for more information.\n`

/** `*` and `?`, as in `doveadm user 'a*'`. */
export const wildcards = (mask: string): RegExp =>
  new RegExp(
    `^${mask
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  )

/** A user and that user's mail, or why there is none. */
async function workFor({ box, settings }: DoveadmInput, name: string): Promise<UserWork | string> {
  const { stores } = box
  try {
    const user = (await stores?.user(name)) ?? null
    return user === null || stores === null
      ? "User doesn't exist"
      : { user, store: inNamespace(await stores.of(name), settings) }
  } catch (error) {
    if (error instanceof MailboxError) return error.message
    throw error
  }
}

/** In the order in which each key came first. */
export function grouped<T>(
  values: readonly T[],
  keyOf: (value: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}
