/** doveadm user, auth test, auth login, auth lookup and pw. doveadm-user(1), doveadm-auth(1), doveadm-pw(1). */
import type { SaslStep } from '#protocol/sasl/mechanism.ts'
import { done, exits, failed, usageOf, type DoveadmCommand, type DoveadmInput } from './command.ts'

/** Options before the words, each with a value but for those of `flags`; null: one that is not known. */
function optionsOf(
  words: readonly string[],
  valued: string,
  flags: string,
): { given: ReadonlyMap<string, string>; rest: readonly string[]; wrong: string | null } {
  const given = new Map<string, string>()
  let i = 0
  for (; i < words.length; i++) {
    const word = words[i] ?? ''
    const letter = word.charAt(1)
    if (!word.startsWith('-') || letter === '') break
    if (valued.includes(letter)) given.set(letter, word.slice(2) || (words[++i] ?? ''))
    else if (flags.includes(letter)) given.set(letter, '')
    else return { given, rest: words.slice(i), wrong: letter }
  }
  return { given, rest: words.slice(i), wrong: null }
}

const user: DoveadmCommand = {
  name: 'user',
  usage:
    '[-a <userdb socket path>] [-x <auth info>] [-f field] [-e <value>] [-u] <user mask> [<user mask> [...]]',
  async run(input) {
    const { given, rest, wrong } = optionsOf(input.words, 'axfe', 'u')
    if (wrong !== null) return failed(`user: invalid option -- '${wrong}'\n`, exits.usage)
    if (rest.length === 0) return usageOf(this)
    const accounts = input.box.mail?.accounts
    const field = given.get('f') ?? null
    let stdout = ''
    let stderr = ''
    let exit = 0
    for (const mask of rest) {
      if (/[*?]/.test(mask)) {
        const names = (await accounts?.names()) ?? []
        const pattern = maskPattern(mask)
        stdout += names
          .filter((name) => pattern.test(name))
          .map((name) => `${name}\n`)
          .join('')
        continue
      }
      const found = (await accounts?.user(mask)) ?? null
      const missing = `\nuserdb lookup: user ${mask} doesn't exist\n`
      if (found === null) exit = exits.noUser
      if (given.has('u')) {
        stdout +=
          found === null
            ? missing.slice(1)
            : `userdb: ${mask}\n${shownFields(new Map([['user', found.name], ...found.fields]))}`
      } else if (field !== null) {
        stdout += `${found?.fields.get(field) ?? ''}\n`
        if (found === null) stderr += missing
      } else {
        const values = found === null ? [] : mailFields(found.fields, input)
        stdout += `field\tvalue\n${found === null ? missing : values.map(([name, value]) => `${name}\t${value}\n`).join('')}`
      }
    }
    return { stdout, stderr, exit }
  },
}

const maskPattern = (mask: string): RegExp =>
  new RegExp(
    `^${mask
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  )

const shownFields = (fields: ReadonlyMap<string, string>): string =>
  [...fields].map(([name, value]) => `  ${name.padEnd(10)}: ${value}\n`).join('')

/** uid, gid, home and mail always; what else the user database says after them. */
function mailFields(
  fields: ReadonlyMap<string, string>,
  { settings }: DoveadmInput,
): readonly (readonly [string, string])[] {
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

const noAuth = failed('Fatal: auth connect() failed: No such file or directory\n', exits.temporary)

const authTest: DoveadmCommand = {
  name: 'auth test',
  usage: '[-a <auth socket path>] [-x <auth info>] [-M <master user>] <user> [<password>]',
  async run(input) {
    const { rest } = optionsOf(input.words, 'axM', '')
    const [name, password] = rest
    if (name === undefined) return usageOf(this)
    const step = await proven(input, name, password)
    if (step === null) return noAuth
    const text = verdict(name, step)
    return step.kind === 'ok' ? done(text) : { stdout: text, stderr: '', exit: exits.noPermission }
  },
}

function verdict(name: string, step: SaslStep): string {
  const outcome = step.kind === 'ok' ? 'succeeded' : 'failed'
  const shown = step.kind === 'ok' ? step.username : name
  return `passdb: ${name} auth ${outcome}\nextra fields:\n  user=${shown}\n`
}

/** As a mail client logs in: both databases are asked. */
const authLogin: DoveadmCommand = {
  name: 'auth login',
  usage:
    '[-a <auth-login socket path>] [-m <auth-master socket path>] [-x <auth info>] [-M <master user>] <user> [<password>]',
  async run(input) {
    const { rest } = optionsOf(input.words, 'amxM', '')
    const [name, password] = rest
    if (name === undefined) return usageOf(this)
    const step = await proven(input, name, password)
    if (step === null) return noAuth
    const text = verdict(name, step)
    if (step.kind !== 'ok') return { stdout: text, stderr: '', exit: exits.noPermission }
    const found = (await input.box.mail?.accounts.user(step.username)) ?? null
    if (found === null) return { stdout: text, stderr: '', exit: exits.noUser }
    const fields = [...found.fields]
      .filter(([key]) => key !== 'user')
      .map(([key, value]) => `  ${key}=${value}\n`)
    return done(`${text}userdb extra fields:\n  ${found.name}\n${fields.join('')}  auth_mech=PLAIN\n`)
  },
}

const authLookup: DoveadmCommand = {
  name: 'auth lookup',
  usage: '[-a <userdb socket path>] [-x <auth info>] [-f field] <user> [<user> [...]]',
  async run(input) {
    const { given, rest } = optionsOf(input.words, 'axf', '')
    if (rest.length === 0) return usageOf(this)
    const field = given.get('f')
    let stdout = ''
    let exit = 0
    for (const name of rest) {
      const fields = (await input.box.mail?.accounts.account(name)) ?? null
      if (fields === null) {
        stdout += `passdb lookup: user ${name} doesn't exist\n`
        exit = exits.noUser
      } else {
        stdout +=
          field === undefined ? `passdb: ${name}\n${shownFields(fields)}` : `${fields.get(field) ?? ''}\n`
      }
    }
    return { stdout, stderr: '', exit }
  },
}

const pw: DoveadmCommand = {
  name: 'pw',
  usage: '[-l] [-p plaintext] [-r rounds] [-s scheme] [-t hash] [-u user] [-V]',
  async run(input) {
    const { given, rest, wrong } = optionsOf(input.words, 'prstu', 'lV')
    const accounts = input.box.mail?.accounts
    if (wrong !== null || rest.length > 0 || accounts === undefined) return usageOf(this)
    if (given.has('l')) return done(`${accounts.schemes.join(' ')} \n`)
    const scheme = (given.get('s') ?? 'CRYPT').toUpperCase()
    const password = given.get('p') ?? input.stdin.replace(/\n$/, '')
    const user = given.get('u') ?? ''
    const hash = given.get('t')
    if (hash !== undefined) {
      const fits = accounts.isStored(password, hash, user)
      return fits === true
        ? done(`${hash} (verified)\n`)
        : failed('Fatal: reverse password verification check failed: Password mismatch\n', exits.temporary)
    }
    const rounds = Number(given.get('r') ?? NaN)
    const stored = accounts.stored(scheme, password, {
      user,
      rounds: Number.isInteger(rounds) ? rounds : null,
    })
    return stored === null
      ? failed(`Fatal: Unknown scheme: ${scheme}\n`, exits.temporary)
      : done(`${stored}${given.has('V') ? ' (verified)' : ''}\n`)
  },
}

export const accountCommands: readonly DoveadmCommand[] = [authLogin, authLookup, authTest, pw, user]
