/**
 * Dovecot's auth: one service that POP3, IMAP and LMTP ask, and Postfix too when smtpd_sasl_type = dovecot. It knows who
 * somebody is (passdb), and where that one's mail is (userdb).
 *
 * Dovecot 2.3, "Authentication", "Password databases", "User databases".
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { foregone } from '#protocol/sasl/foregone.ts'
import { mechanisms } from '#protocol/sasl/index.ts'
import type { SaslContext, SaslExchange, SaslServer, SaslStep } from '#protocol/sasl/mechanism.ts'
import { checkPassword, type FailureWords, type SaslWorld } from '#protocol/sasl/world.ts'
import { nodeCrypto } from './crypto.ts'
import { authConfig, type AuthLog, type DovecotAuthConfig } from './dovecot/config.ts'
import { Login } from './dovecot/login.ts'
import { passwdFiles } from './dovecot/passwd-file.ts'
import { findUser, type FoundUser } from './dovecot/find-user.ts'

export type DovecotAuthOptions = {
  readonly machine: Pick<Machine, 'disk' | 'name' | 'user' | 'users' | 'clock' | 'emit'>
  /** Asked at every login: a reload may have changed them. */
  readonly settings: () => DovecotSettings
}

export interface DovecotAuth {
  readonly sasl: SaslServer
  /** The user databases' answer; `for` login: what came with the password counts, too. */
  user(
    name: string,
    asked: { readonly for: 'login' | 'lookup'; readonly service: string },
  ): Promise<FoundUser>
  /** What the password databases say of somebody, the password itself left out; null: unknown. */
  account(name: string): Promise<ReadonlyMap<string, string> | null>
  /** As `doveadm user '*'` lists them. */
  names(): Promise<readonly string[]>
}

/** Dovecot gives Postfix no reasons. */
const words: FailureWords = {
  credentials: '',
  syntax: '',
  unavailable: 'Temporary authentication failure',
  nobody: { failure: 'credentials', reason: '', username: '' },
  early: 'ignored',
}

export function createDovecotAuth({ machine, settings }: DovecotAuthOptions): DovecotAuth {
  const last = new Map<string, Login>()
  let known: { settings: DovecotSettings; config: DovecotAuthConfig } | null = null
  const log: AuthLog = (level, text) => machine.emit({ type: 'daemon.logged', daemon: 'auth', level, text })

  const files = passwdFiles(machine.disk, (text) => log('error', text))

  const config = (): DovecotAuthConfig => {
    const now = settings()
    if (known?.settings === now) return known.config
    const sources = {
      machine,
      files,
      lastFields: (user: string) => last.get(user)?.fields ?? null,
      exists: (user: string) => lookup().exists(user),
    }
    known = { settings: now, config: authConfig(now, sources) }
    return known.config
  }

  const lookup = (): Login =>
    new Login(
      config(),
      { service: 'lmtp', mechanism: 'lookup', client: '127.0.0.1', local: '', session: '' },
      log,
    )

  const loginOf = (mechanism: string, { service, client, local, id = '' }: SaslContext): Login =>
    new Login(config(), { service, mechanism, client, local, session: id }, log)

  const world = (users: Login, service: string): SaslWorld => ({
    crypto: nodeCrypto,
    users,
    words,
    host: machine.name,
    realm: config().realm,
    service,
    seconds: () => Math.floor(machine.clock.now() / 1000),
  })

  const settled = (login: Login, mechanism: string, step: SaslStep): SaslStep => {
    if (step.kind === 'challenge') return step
    if (step.kind === 'failed') {
      const failed = { ...step, username: login.user === '' ? step.username : login.user }
      if (login.refused)
        return { ...failed, failure: 'refused', reason: 'Authorization failed', refused: 'authorization' }
      return login.denied ? { ...failed, refused: 'denied' } : failed
    }
    const username = login.user
    if (login.fields.has('nologin')) {
      const reason = login.fields.get('reason') ?? 'Login disabled for this user'
      return { kind: 'failed', failure: 'refused', reason, username, refused: 'disabled' }
    }
    // Where the mail is nobody listens for us.
    if (login.fields.has('proxy') || (login.fields.has('proxy_maybe') && login.fields.has('host'))) {
      const reason = 'Account is temporarily unavailable.'
      return { kind: 'failed', failure: 'refused', reason, username, refused: 'proxy' }
    }
    last.set(username, login)
    return { ...step, username, ...(login.master === null ? {} : { master: login.master }) }
  }

  const begin = (mechanism: string, context: SaslContext): SaslExchange | null => {
    if (mechanism === 'ANONYMOUS') return foregone({ kind: 'ok', username: config().anonymous })
    // Nobody has shown a certificate.
    if (mechanism === 'EXTERNAL') return foregone(noCertificate)
    const make = mechanisms[mechanism]
    if (make === undefined) return null
    const login = loginOf(mechanism, context)
    const exchange = make(world(login, context.service))
    const told = (step: SaslStep): SaslStep => {
      if (step.kind === 'failed' && step.failure === 'credentials' && login.hasSecret)
        login.say('Password mismatch')
      return settled(login, mechanism, step)
    }
    // The server speaks first in these, whatever the client sent along.
    const speaksFirst = mechanism === 'CRAM-MD5' || mechanism === 'DIGEST-MD5'
    return {
      start: async (initial) => told(await exchange.start(speaksFirst ? null : initial)),
      next: async (response) => told(await exchange.next(response)),
    }
  }

  return {
    sasl: {
      prepare() {
        const why = troubleOf(config())
        if (why !== null) machine.emit({ type: 'daemon.logged', daemon: 'auth', level: 'fatal', text: why })
        return Promise.resolve()
      },
      trouble: () => troubleOf(config()),
      mechanisms: () =>
        config().mechanisms.filter((name) => Object.hasOwn(mechanisms, name) || outside.includes(name)),
      begin,
      async verify(username, password, context) {
        const login = loginOf('PLAIN', context)
        return settled(login, 'PLAIN', await checkPassword(world(login, context.service), username, password))
      },
    },
    user: (name, asked) => findUser(config(), name, { ...asked, log, login: last.get(name) ?? null }),
    async account(name) {
      const login = lookup()
      const unknown = await login.exists(name)
      return unknown === null ? new Map([['user', login.user], ...login.fields]) : null
    },
    async names() {
      const lists = await Promise.all(config().userdbs.map(({ userdb }) => userdb.names()))
      return [...new Set(lists.flat())]
    },
  }
}

/** Those of Dovecot that are not here need other services. */
const elsewhere = 'NTLM RPA OTP SKEY GSSAPI GSS-SPNEGO XOAUTH2 OAUTHBEARER DOVECOT-TOKEN'.split(' ')

function troubleOf({ mechanisms: wanted }: DovecotAuthConfig): string | null {
  if (wanted.length === 0) return 'No authentication mechanisms configured'
  const unknown = wanted.find(
    (name) => !Object.hasOwn(mechanisms, name) && !outside.includes(name) && !elsewhere.includes(name),
  )
  return unknown === undefined ? null : `Unknown authentication mechanism '${unknown}'`
}

/** Mechanisms that ask for no password. */
const outside = ['ANONYMOUS', 'EXTERNAL']

const noCertificate: SaslStep = { kind: 'failed', failure: 'credentials', reason: '', username: null }
