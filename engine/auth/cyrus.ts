/**
 * Cyrus SASL as Postfix uses it: /etc/postfix/sasl/smtpd.conf says whom to ask (saslauthd, or sasldb itself) and which
 * mechanisms to offer.
 *
 * SASL_README, "Cyrus SASL configuration"; Cyrus SASL options.html.
 */
import type { Machine } from '#engine/machine.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import { foregone } from '#protocol/sasl/foregone.ts'
import { mechanisms } from '#protocol/sasl/index.ts'
import { sasldbPath } from '#protocol/sasl/sasldb.ts'
import { checkPassword } from '#protocol/sasl/world.ts'
import type { Checked, FailureWords, SaslUsers, SaslWorld } from '#protocol/sasl/world.ts'
import { nodeCrypto } from './crypto.ts'
import { watchedFile } from './files.ts'
import { openSasldb } from './sasldb.ts'
import type { Saslauthd } from './saslauthd.ts'

export type CyrusOptions = {
  readonly machine: Machine
  readonly saslauthd: Saslauthd
  /** `/etc/postfix/sasl/smtpd.conf`. */
  readonly path?: string
  /** smtpd_sasl_local_domain; '' when it is not set. */
  readonly realm: () => string
  /** myhostname. */
  readonly hostname: () => string
}

export type CyrusConf = {
  readonly pwcheckMethods: readonly string[]
  readonly mechList: readonly string[]
  readonly sasldb: string
}

/** What Debian's plugins offer, in the order in which they load. */
const everything = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'DIGEST-MD5', 'CRAM-MD5', 'PLAIN', 'LOGIN']
const defaults: CyrusConf = { pwcheckMethods: ['auxprop'], mechList: everything, sasldb: sasldbPath }

export const smtpdConfPath = '/etc/postfix/sasl/smtpd.conf'

/** `option: value` lines. */
export function parseCyrusConf(text: string): CyrusConf {
  const options = new Map<string, string>()
  for (const line of text.split('\n')) {
    const match = /^\s*([a-z_]+)\s*:\s*(.*?)\s*$/i.exec(line)
    if (match) options.set((match[1] ?? '').toLowerCase(), match[2] ?? '')
  }
  const words = (name: string) =>
    options
      .get(name)
      ?.split(/\s+/)
      .filter((word) => word !== '')
  return {
    pwcheckMethods: words('pwcheck_method') ?? defaults.pwcheckMethods,
    mechList: words('mech_list')?.map((name) => name.toUpperCase()) ?? defaults.mechList,
    sasldb: options.get('sasldb_path') ?? defaults.sasldb,
  }
}

const words: FailureWords = {
  credentials: 'authentication failure',
  syntax: 'bad protocol / cancel',
  unavailable: 'generic failure',
  nobody: { failure: 'unavailable', reason: 'generic failure', username: null },
  early: 'refused',
}

export function createCyrusSasl(options: CyrusOptions): SaslServer {
  const { machine, saslauthd } = options
  const file = watchedFile(machine.disk, options.path ?? smtpdConfPath, parseCyrusConf)
  let conf = defaults
  let sasldb = openSasldb(machine.disk, conf.sasldb)

  const read = async () => {
    const now = (await file()) ?? defaults
    if (now.sasldb !== conf.sasldb) sasldb = openSasldb(machine.disk, now.sasldb)
    conf = now
  }

  const split = (name: string) => {
    const at = name.lastIndexOf('@')
    const fallback = options.realm() === '' ? options.hostname() : options.realm()
    return at < 0 ? { user: name, realm: fallback } : { user: name.slice(0, at), realm: name.slice(at + 1) }
  }

  const askVerifier = async (method: string, username: string, password: string): Promise<Checked> => {
    const { user, realm } = split(username)
    switch (method) {
      case 'saslauthd': {
        const given = {
          user,
          password,
          service: 'smtp',
          realm: username.includes('@') ? realm : options.realm(),
        }
        const checked = await saslauthd.check(given)
        if (checked !== 'not running') return checked
        const reason = 'cannot connect to saslauthd server: No such file or directory'
        warn(machine, `SASL authentication failure: ${reason}`)
        return 'unavailable'
      }
      case 'auxprop': {
        const secret = await sasldb(user, realm)
        return secret.kind === 'password' && secret.password === password ? 'ok' : 'wrong'
      }
      // For trials of one's own: nobody is refused.
      case 'alwaystrue':
        warn(machine, `SASL authentication problem: AlwaysTrue Password Verifier Verified: ${username}`)
        return 'ok'
      default:
        warn(machine, `SASL authentication problem: unknown password verifier(s) ${method}`)
        return 'no verifier'
    }
  }

  const users: SaslUsers = {
    async verify(username, password) {
      // Each verifier is asked until one says yes; else the last one's answer counts.
      const name = beforeNul(username)
      if (name === '') return 'unavailable'
      let answer: Checked = 'no verifier'
      for (const method of conf.pwcheckMethods) {
        answer = await askVerifier(method, name, beforeNul(password))
        if (answer === 'ok') return 'ok'
      }
      return answer
    },
    async secret(username) {
      const { user, realm } = split(username)
      const secret = await sasldb(user, realm)
      return secret.kind === 'unavailable' ? { kind: 'absent' } : secret
    },
    // A realm that the administrator set becomes part of the name.
    known: (username) => {
      const name = beforeNul(username)
      return options.realm() === '' || name.includes('@') ? name : `${name}@${options.realm()}`
    },
  }

  const world = (service: string): SaslWorld => ({
    crypto: nodeCrypto,
    users,
    words,
    host: options.hostname(),
    realm: options.realm() === '' ? options.hostname() : options.realm(),
    service,
    complain: (what) => {
      warn(machine, `SASL authentication failure: ${what}`)
    },
    seconds: () => Math.floor(machine.clock.now() / 1000),
  })

  return {
    prepare: read,
    mechanisms: () => conf.mechList.filter((name) => name === 'ANONYMOUS' || Object.hasOwn(mechanisms, name)),
    begin: (name, { service }) =>
      name === 'ANONYMOUS'
        ? foregone({ kind: 'ok', username: 'anonymous' })
        : (mechanisms[name]?.(world(service)) ?? null),
    async verify(username, password, { service }) {
      await read()
      return checkPassword(world(service), username, password)
    },
  }
}

/** To a C library a name ends at a NUL. */
const beforeNul = (text: string): string => text.split('\0', 1)[0] ?? ''

function warn({ emit }: Machine, text: string): void {
  emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'warning', text })
}
