/** doveadm user, auth test, auth login and auth lookup. doveadm-user(1), doveadm-auth(1). */
import { expandVariables, userVariables } from '#config/dovecot-variables.ts'
import type { MailAccounts } from '#host/command.ts'
import type { SaslStep } from '#protocol/sasl/mechanism.ts'
import {
  done,
  exits,
  failed,
  noAuth,
  usageOf,
  wildcards,
  type DoveadmCommand,
  type DoveadmInput,
} from './command.ts'
import { commandOptions, isResult } from './options.ts'
import { printRows } from './printer.ts'
import { pw } from './pw.ts'

type Row = readonly [field: string, value: string]

const user: DoveadmCommand = {
  name: 'user',
  usage:
    '[-a <userdb socket path>] [-x <auth info>] [-f field] [-e <value>] [-u] <user mask> [<user mask> [...]]',
  async run(input) {
    const options = commandOptions('user', input.words, 'a:x:f:e:u')
    if (isResult(options)) return options
    const { given, rest } = options
    if (rest.length === 0) return usageOf(this)
    const accounts = input.box.mail?.accounts
    if (rest.some((mask) => /[*?]/.test(mask))) return namesLike(input, rest, (await accounts?.names()) ?? [])
    if (!input.box.running('dovecot')) {
      const head = given.has('f') || given.has('e') || given.has('u') ? '' : 'field\tvalue\n'
      return failed(noAuth(input.box, rest[0] ?? ''), exits.temporary, head)
    }
    const socket = given.get('a')
    if (socket !== undefined && (await input.box.machine.disk.stat(socket)) === null) {
      const where = `connect(${socket}) failed: No such file or directory`
      const [name = ''] = rest
      return failed(
        `doveadm(${name}): Error: auth-master: userdb lookup(${name}): ${where}\n`,
        exits.temporary,
      )
    }
    const found: { readonly name: string; readonly fields: ReadonlyMap<string, string> | null }[] = []
    for (const name of rest) {
      const one = (await accounts?.user(name)) ?? null
      found.push({ name, fields: one === null ? null : new Map([['user', one.name], ...one.fields]) })
    }
    const exit = found.some(({ fields }) => fields === null) ? exits.noUser : 0
    const field = given.get('f')
    const expression = given.get('e')
    if (field !== undefined)
      return { ...oneByOne(found, (fields) => valueOf(fields, field, input), 'stderr'), exit }
    if (expression !== undefined)
      return { ...oneByOne(found, (fields, name) => expanded(expression, fields, name), 'stderr'), exit }
    if (given.has('u')) {
      const shown = oneByOne(
        found,
        (fields, name) => `userdb: ${name}\n${shownFields(fields)}`.slice(0, -1),
        'stdout',
      )
      return { ...shown, exit }
    }
    const rows = found.flatMap(({ fields }) => (fields === null ? [] : mailFields(fields, input)))
    const columns = [{ name: 'field' }, { name: 'value' }]
    // What separates the users comes after all of them, as the real one has it.
    const between = found.map(
      ({ name, fields }, i) => (i > 0 ? '\n' : '') + (fields === null ? missing(name) : ''),
    )
    return { stdout: printRows(input.form ?? 'tab', columns, rows) + between.join(''), stderr: '', exit }
  },
}

const missing = (name: string): string => `\nuserdb lookup: user ${name} doesn't exist\n`

/** A line for each user, an empty one between them. */
function oneByOne(
  found: readonly { readonly name: string; readonly fields: ReadonlyMap<string, string> | null }[],
  show: (fields: ReadonlyMap<string, string>, name: string) => string | null,
  absent: 'stdout' | 'stderr',
): { readonly stdout: string; readonly stderr: string } {
  let stdout = ''
  let stderr = ''
  found.forEach(({ name, fields }, i) => {
    if (i > 0) stdout += '\n'
    const text = fields === null ? null : show(fields, name)
    if (text !== null) stdout += `${text}\n`
    if (fields === null && absent === 'stderr') stderr += missing(name)
    if (fields === null && absent === 'stdout') stdout += missing(name).slice(1)
  })
  return { stdout, stderr }
}

function namesLike({ form }: DoveadmInput, masks: readonly string[], names: readonly string[]) {
  const patterns = masks.map(wildcards)
  const rows = names.filter((name) => patterns.some((pattern) => pattern.test(name))).map((name) => [name])
  const column = { name: 'username', head: '', title: 'hidden' } as const
  return done(printRows(form ?? 'flow', [column], rows))
}

function expanded(expression: string, fields: ReadonlyMap<string, string>, name: string): string {
  return expandVariables(expression, {
    ...userVariables(name),
    ...Object.fromEntries(fields),
    h: fields.get('home') ?? '',
  })
}

function valueOf(fields: ReadonlyMap<string, string>, field: string, input: DoveadmInput): string | null {
  return mailFields(fields, input).find(([name]) => name === field)?.[1] ?? null
}

const shownFields = (fields: ReadonlyMap<string, string>): string =>
  [...fields].map(([name, value]) => `  ${name.padEnd(10)}: ${value}\n`).join('')

/** uid, gid, home and mail always; what else the user database says after them. */
function mailFields(fields: ReadonlyMap<string, string>, { settings }: DoveadmInput): readonly Row[] {
  const first = ['uid', 'gid', 'home', 'mail']
  return [
    ...first.map(
      (name) => [name, fields.get(name) ?? (name === 'mail' ? settings.text('mail_location') : '')] as const,
    ),
    ...[...fields].filter(([name]) => !first.includes(name) && name !== 'user'),
  ]
}

async function proven(input: DoveadmInput, name: string, password: string | undefined) {
  const sasl = input.box.mail?.sasl ?? input.box.sasl
  if (sasl === null) return null
  await sasl.prepare?.()
  const context = {
    service: 'imap',
    tls: true,
    client: '127.0.0.1',
    local: '127.0.0.1',
    session: 'doveadm',
  } as const
  return sasl.verify(name, password ?? input.stdin.replace(/\n$/, ''), context)
}

const noSocket = failed('Fatal: auth connect() failed: No such file or directory\n', exits.temporary)

const authTest: DoveadmCommand = {
  name: 'auth test',
  usage: '[-a <auth socket path>] [-x <auth info>] [-M <master user>] <user> [<password>]',
  async run(input) {
    const options = commandOptions('test', input.words, 'a:x:M:')
    if (isResult(options)) return options
    const [name, password] = options.rest
    if (name === undefined) return usageOf(this)
    const step = await proven(input, asMaster(options.given.get('M'), name, input), password)
    if (step === null) return noSocket
    const text = verdict({ name, master: options.given.get('M'), step, input })
    return step.kind === 'ok' ? done(text) : { stdout: text, stderr: '', exit: exits.noPermission }
  },
}

/** `alice*admin`: the master user logs in for alice. Without a separator nobody can. */
function asMaster(master: string | undefined, name: string, { settings }: DoveadmInput): string {
  return master === undefined
    ? name
    : `${name}${settings.text('auth_master_user_separator') || '\0'}${master}`
}

type Verdict = {
  readonly name: string
  readonly master: string | undefined
  readonly step: SaslStep
  readonly input: DoveadmInput
}

function verdict({ name, master, step, input }: Verdict): string {
  const outcome = step.kind === 'ok' ? 'succeeded' : 'failed'
  const shown = step.kind === 'ok' ? step.username : (master ?? name)
  const original = master === undefined && isChanged(name, shown, input) ? `  original_user=${name}\n` : ''
  return `passdb: ${name} auth ${outcome}\nextra fields:\n  user=${shown}\n${original}`
}

/** Also a name that auth does not take at all. */
function isChanged(typed: string, name: string, { settings }: DoveadmInput): boolean {
  const letters = settings.text('auth_username_chars')
  const isStrange =
    typed === '' || (letters !== '' && Array.from(typed).some((letter) => !letters.includes(letter)))
  return typed !== name || isStrange
}

/** As a mail client logs in: both databases are asked. */
const authLogin: DoveadmCommand = {
  name: 'auth login',
  usage:
    '[-a <auth-login socket path>] [-m <auth-master socket path>] [-x <auth info>] [-M <master user>] <user> [<password>]',
  async run(input) {
    const options = commandOptions('login', input.words, 'a:m:x:M:')
    if (isResult(options)) return options
    const [name, password] = options.rest
    if (name === undefined) return usageOf(this)
    const master = options.given.get('M')
    const step = await proven(input, asMaster(master, name, input), password)
    if (step === null) return noSocket
    const text = verdict({ name, master, step, input })
    if (step.kind !== 'ok') return { stdout: text, stderr: '', exit: exits.noPermission }
    const found = (await input.box.mail?.accounts.user(step.username)) ?? null
    if (found === null) return { stdout: text, stderr: '', exit: exits.noUser }
    const fields = [...found.fields]
      .filter(([key]) => key !== 'user')
      .map(([key, value]) => `  ${key}=${value}\n`)
    const typed = isChanged(name, step.username, input) ? `  auth_user=${name}\n` : ''
    return done(`${text}userdb extra fields:\n  ${found.name}\n${fields.join('')}  auth_mech=PLAIN\n${typed}`)
  },
}

const authLookup: DoveadmCommand = {
  name: 'auth lookup',
  usage: '[-a <userdb socket path>] [-x <auth info>] [-f field] <user> [<user> [...]]',
  async run(input) {
    const options = commandOptions('lookup', input.words, 'a:x:f:')
    if (isResult(options)) return options
    const { given, rest } = options
    if (rest.length === 0) return usageOf(this)
    const field = given.get('f')
    const found = await Promise.all(rest.map((name) => lookedUp(input.box.mail?.accounts, name)))
    let stdout = ''
    let stderr = ''
    found.forEach(({ name, fields }, i) => {
      if (i > 0) stdout += '\n'
      const value = field === undefined ? undefined : fields?.get(field)
      if (fields === null && field === undefined) stdout += absent(name)
      else if (fields === null) stderr += absent(name)
      else if (field === undefined) stdout += `passdb: ${name}\n${shownFields(fields)}`
      else if (value !== undefined) stdout += `${value}\n`
    })
    return { stdout, stderr, exit: found.some(({ fields }) => fields === null) ? exits.noUser : 0 }
  },
}

const absent = (name: string): string => `passdb lookup: user ${name} doesn't exist\n`

const lookedUp = async (accounts: MailAccounts | undefined, name: string) => ({
  name,
  fields: (await accounts?.account(name)) ?? null,
})

/** Nothing is remembered here: each login asks the databases. */
const authCacheFlush: DoveadmCommand = {
  name: 'auth cache flush',
  usage: '[-a <master socket path>] [<user> [...]]',
  async run({ words }) {
    const options = commandOptions('flush', words, 'a:')
    return isResult(options) ? options : done('0 cache entries flushed\n')
  },
}

export const accountCommands: readonly DoveadmCommand[] = [
  authCacheFlush,
  authLogin,
  authLookup,
  authTest,
  pw,
  user,
]
