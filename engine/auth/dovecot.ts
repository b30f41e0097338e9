/**
 * Dovecot's auth: one service that POP3, IMAP and LMTP ask, and Postfix too when smtpd_sasl_type = dovecot. Passdbs are
 * asked in order; the first that knows the user decides.
 *
 * Dovecot 2.3, "Password databases", "Authentication mechanisms".
 */
import type { Machine } from '#engine/machine.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import { mechanisms } from '#protocol/sasl/index.ts'
import { checkPassword } from '#protocol/sasl/world.ts'
import type { Checked, FailureWords, SaslUsers, SaslWorld, Secret } from '#protocol/sasl/world.ts'
import { nodeCrypto } from './crypto.ts'
import type { Passdb } from './passdb.ts'
import { named } from '#protocol/named.ts'

export type DovecotOptions = {
  readonly machine: Machine
  /** Asked at every login: a reload may have changed them. */
  readonly config: () => DovecotAuthConfig
}

export type DovecotAuthConfig = {
  /** auth_mechanisms, in order. */
  readonly mechanisms: readonly string[]
  readonly passdbs: readonly Passdb[]
  /** auth_username_format; `%Lu` by default: names in lower case. */
  readonly usernameFormat: string
  readonly realm: string
}

/** Dovecot gives Postfix no reasons. */
const words: FailureWords = {
  credentials: '',
  syntax: '',
  unavailable: 'Temporary authentication failure',
  nobody: { failure: 'credentials', reason: '' },
}

export function createDovecotSasl({ machine, config }: DovecotOptions): SaslServer {
  const users: SaslUsers = {
    async verify(username, password) {
      const name = formatted(username, config().usernameFormat)
      let last: Checked = 'wrong'
      for (const passdb of config().passdbs) {
        last = await passdb.verify(name, password)
        if (last === 'ok') return 'ok'
      }
      return last
    },
    async secret(username) {
      const name = formatted(username, config().usernameFormat)
      let last: Secret = { kind: 'absent' }
      for (const passdb of config().passdbs) {
        last = await passdb.secret(name)
        if (last.kind === 'password') return last
      }
      return last
    },
    known: (username) => formatted(username, config().usernameFormat),
  }

  const world = (service: string): SaslWorld => ({
    crypto: nodeCrypto,
    users,
    words,
    host: machine.name,
    realm: config().realm,
    service,
    seconds: () => Math.floor(machine.clock.now() / 1000),
  })

  return {
    mechanisms: () =>
      config()
        .mechanisms.map((name) => name.toUpperCase())
        .filter((name) => Object.hasOwn(mechanisms, name)),
    begin: (name, { service }) => mechanisms[name]?.(world(service)) ?? null,
    verify: (username, password, { service }) => checkPassword(world(service), username, password),
  }
}

/** `%u` the name, `%n` without domain, `%d` the domain; `L` in between: in lower case. */
function formatted(username: string, format: string): string {
  const at = username.lastIndexOf('@')
  const parts: Readonly<Record<string, string>> = named({
    u: username,
    n: at < 0 ? username : username.slice(0, at),
    d: at < 0 ? '' : username.slice(at + 1),
  })
  return format.replace(/%(L?)([und])/g, (_all, lower: string, which: string) => {
    const part = parts[which] ?? ''
    return lower === '' ? part : part.toLowerCase()
  })
}
