/** doveadm user, auth test, auth login and pw. doveadm-user(1), doveadm-auth(1), doveadm-pw(1). */
import { createHash } from 'node:crypto'
import type { SystemUser } from '#engine/machine.ts'
import { done, exits, failed, usageOf, type DoveadmCommand, type DoveadmInput } from './command.ts'
import { named } from '#protocol/named.ts'

const user: DoveadmCommand = {
  name: 'user',
  usage:
    '[-a <userdb socket path>] [-x <auth info>] [-f field] [-e <value>] [-u] <user mask> [<user mask> [...]]',
  async run(input) {
    const words = [...input.words]
    let field: string | null = null
    while (words[0]?.startsWith('-')) {
      const option = words.shift() ?? ''
      if (option === '-f') field = words.shift() ?? ''
      else if (['-a', '-x', '-e'].includes(option)) words.shift()
      else if (option !== '-u') return failed(`user: invalid option -- '${option.charAt(1)}'\n`, exits.usage)
    }
    if (words.length === 0) return usageOf(this)
    const everyone = (await input.box.machine.users()).filter(({ uid }) => uid >= 1000 && uid < 60_000)
    let stdout = ''
    let stderr = ''
    let exit = 0
    for (const mask of words) {
      if (/[*?]/.test(mask)) {
        const pattern = new RegExp(
          `^${mask
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replace(/\*/g, '.*')
            .replace(/\?/g, '.')}$`,
        )
        stdout += everyone
          .filter(({ name }) => pattern.test(name))
          .map(({ name }) => `${name}\n`)
          .join('')
        continue
      }
      const found = everyone.find(({ name }) => name === mask)
      if (field === null) stdout += 'field\tvalue\n'
      if (found === undefined) {
        stdout += field === null ? '\n' : ''
        stderr += `userdb lookup: user ${mask} doesn't exist\n`
        exit = exits.noUser
        continue
      }
      const values = fieldsOf(found, input)
      stdout +=
        field === null
          ? values.map(([name, value]) => `${name}\t${value}\n`).join('')
          : values
              .filter(([name]) => name === field)
              .map(([, value]) => `${value}\n`)
              .join('')
    }
    return { stdout, stderr, exit }
  },
}

const fieldsOf = (
  { uid, gid, home }: SystemUser,
  { settings }: DoveadmInput,
): readonly (readonly [string, string])[] => [
  ['uid', String(uid)],
  ['gid', String(gid)],
  ['home', home],
  ['mail', settings.text('mail_location')],
]

const authTest: DoveadmCommand = {
  name: 'auth test',
  usage: '[-a <auth socket path>] [-x <auth info>] [-M <master user>] <user> [<password>]',
  async run(input) {
    const words = [...input.words]
    while (words[0]?.startsWith('-')) words.splice(0, 2)
    const [name, password] = words
    if (name === undefined) return usageOf(this)
    const sasl = input.box.mail?.sasl ?? input.box.sasl
    if (sasl === null)
      return failed('Fatal: auth connect() failed: No such file or directory\n', exits.temporary)
    await sasl.prepare?.()
    const context = {
      service: 'imap',
      tls: true,
      client: '127.0.0.1',
      local: '127.0.0.1',
      session: 'doveadm',
    } as const
    const step = await sasl.verify(name, password ?? input.stdin.replace(/\n$/, ''), context)
    const outcome = step.kind === 'ok' ? 'succeeded' : 'failed'
    const shown = step.kind === 'ok' ? step.username : name
    const text = `passdb: ${name} auth ${outcome}\nextra fields:\n  user=${shown}\n`
    return step.kind === 'ok' ? done(text) : { stdout: text, stderr: '', exit: exits.noPermission }
  },
}

const digest = (algorithm: string, salt: Uint8Array) => (password: string) =>
  Buffer.concat([createHash(algorithm).update(password).update(salt).digest(), salt]).toString('base64')

const none = new Uint8Array()
const hexMd5 = (password: string) => createHash('md5').update(password).digest('hex')

/** Those whose hash can be made here, and how. */
const makers: Readonly<Record<string, (salt: Uint8Array) => (password: string) => string>> = named({
  SHA1: () => digest('sha1', none),
  SHA512: () => digest('sha512', none),
  PLAIN: () => (password) => password,
  SHA: () => digest('sha1', none),
  SSHA: (salt) => digest('sha1', salt),
  'PLAIN-MD5': () => hexMd5,
  CLEAR: () => (password) => password,
  CLEARTEXT: () => (password) => password,
  SSHA256: (salt) => digest('sha256', salt),
  SSHA512: (salt) => digest('sha512', salt),
  SHA256: () => digest('sha256', none),
  'LDAP-MD5': () => digest('md5', none),
  SMD5: (salt) => digest('md5', salt),
})

const pw: DoveadmCommand = {
  name: 'pw',
  usage: '[-l] [-p plaintext] [-r rounds] [-s scheme] [-t hash] [-u user] [-V]',
  async run(input) {
    const given = new Map<string, string>()
    for (let i = 0; i < input.words.length; i++) {
      const word = input.words[i] ?? ''
      const letter = word.charAt(1)
      if (!word.startsWith('-') || !'lprstuV'.includes(letter) || letter === '') return usageOf(this)
      given.set(letter, 'lV'.includes(letter) ? '' : word.slice(2) || (input.words[++i] ?? ''))
    }
    if (given.has('l')) return done(`${Object.keys(makers).join(' ')} \n`)
    const scheme = (given.get('s') ?? 'SSHA512').toUpperCase()
    const password = given.get('p') ?? input.stdin.replace(/\n$/, '')
    const stored = given.get('t')
    if (stored !== undefined) return verify(stored, password)
    const maker = makers[scheme.replace(/\.(?:b64|base64|hex)$/i, '')]
    if (maker === undefined) return failed(`Fatal: Unknown scheme: ${scheme}\n`, exits.temporary)
    return done(`{${scheme}}${maker(input.box.machine.random.bytes(4))(password)}\n`)
  },
}

function verify(stored: string, password: string) {
  const [, scheme = '', hash = ''] = /^\{([^}]*)\}([^]*)$/.exec(stored) ?? []
  const maker = makers[scheme.toUpperCase()]
  const bytes = Buffer.from(hash, 'base64')
  const length = { SSHA: 20, SSHA256: 32, SSHA512: 64, SMD5: 16 }[scheme.toUpperCase()]
  const salt = length === undefined ? none : bytes.subarray(length)
  return maker !== undefined && maker(salt)(password) === hash
    ? done(`${stored} (verified)\n`)
    : failed('Fatal: reverse password verification check failed: Password mismatch\n', exits.temporary)
}

export const accountCommands: readonly DoveadmCommand[] = [authTest, pw, user]
