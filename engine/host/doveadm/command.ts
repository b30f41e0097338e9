/** A command of doveadm: `doveadm mailbox list`. One file has those that belong together; `tree.ts` lists them. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Box, CommandResult } from '#host/command.ts'
import { MailboxError, type MailStore, type MailUser } from '#mailbox/mail-store.ts'
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

/** What a command says about one user, and how it ends. */
export type UserAnswer = {
  readonly rows: readonly (readonly string[])[]
  readonly errors?: readonly string[]
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
  readonly wrong: string | null
}

/** `-u alice`, `-A`, and the command's own letters. */
export function readMailOptions(words: readonly string[], letters: string): MailOptions {
  const flags = new Set<string>()
  let users: string[] | 'all' | null = null
  let i = 0
  for (; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === '--') {
      i++
      break
    }
    if (!/^-[A-Za-z0-9]/.test(word)) break
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at)
      if (letter === 'A') users = 'all'
      else if (letter === 'u' || letter === 'S') {
        const value = word.slice(at + 1) || (words[++i] ?? '')
        if (letter === 'u') users = [value]
        break
      } else if (letters.includes(letter)) flags.add(letter)
      else return { users, rest: words.slice(i), flags, wrong: letter }
    }
  }
  return { users, rest: words.slice(i), flags, wrong: null }
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
  const { users } = command.options
  if (users === null)
    return failed('Fatal: USER environment is missing and -u option not used\n', exits.usage)
  const wanted = users === 'all' ? ((await box.mail?.accounts.names()) ?? []) : users
  const rows: (readonly string[])[] = []
  const errors: string[] = []
  let exit = 0
  for (const name of wanted) {
    const found = await workFor(box, name)
    if (typeof found === 'string') {
      errors.push(`doveadm(${name}): Error: ${found}\n`)
      exit = exits.noUser
      continue
    }
    const { user } = found
    const answer = await work(found)
    rows.push(...answer.rows.map((row) => (users === 'all' ? [user.name, ...row] : row)))
    errors.push(...(answer.errors ?? []).map((text) => `doveadm(${user.name}): Error: ${text}\n`))
    exit = answer.exit ?? exit
  }
  const columns: readonly Column[] =
    users === 'all'
      ? [{ name: 'username', head: 'Username', title: 'hidden' }, ...command.columns]
      : command.columns
  const stdout = columns.length === 0 ? '' : printRows(input.form ?? command.form, columns, rows)
  return { stdout, stderr: errors.join(''), exit }
}

/** A user and that user's mail, or why there is none. */
async function workFor({ stores }: Box, name: string): Promise<UserWork | string> {
  try {
    const user = (await stores?.user(name)) ?? null
    return user === null || stores === null ? "User doesn't exist" : { user, store: await stores.of(name) }
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
