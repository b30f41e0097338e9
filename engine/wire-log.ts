/**
 * What Dovecot's login processes write in the mail log of one client: who logged in, or why nobody did.
 *
 * Dovecot 2.3: login_log_format, login_log_format_elements, mail_log_prefix.
 */
import { expandVariables, userVariables, type DovecotVariables } from '#config/dovecot-variables.ts'
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { SaslStep } from '#protocol/sasl/mechanism.ts'
import { addressBytes } from '#config/network.ts'
import { isSecured } from './wire-tls.ts'
import type { Machine } from './machine.ts'
import type { Wire } from './wire.ts'

export type LoginService = 'pop3' | 'imap' | 'managesieve'

type Failure =
  'other' | 'authorization' | 'denied' | 'aborted' | 'temporary' | 'mechanism' | 'plaintext' | 'base64'

const refusals = {
  plaintext: 'Plaintext authentication disabled',
  mechanism: 'Unsupported authentication mechanism',
  tls: 'SSL required for authentication',
  base64: null,
} as const

export class LoginLog {
  /** Names the session in all lines of it. */
  readonly id: string
  readonly #machine: Machine
  readonly #wire: Wire
  readonly #settings: DovecotSettings
  readonly #service: LoginService
  readonly #begun: number
  #attempts = 0
  #successes = 0
  #since: number | null = null
  #failure: Failure = 'other'
  #user = ''
  #mechanism = ''
  #pid: number | null = null
  #unfinished = false

  constructor(machine: Machine, wire: Wire, settings: DovecotSettings, service: LoginService) {
    this.#machine = machine
    this.#wire = wire
    this.#settings = settings
    this.#service = service
    this.#begun = machine.clock.now()
    this.id = sessionId(this.#begun, wire)
  }

  /** `user`: as USER gave it. */
  named(user: string): void {
    if (this.#user === '') this.#user = user
  }

  /** An attempt begins. */
  tries(mechanism: string): void {
    this.#attempts++
    this.#since ??= this.#machine.clock.now()
    this.#mechanism = mechanism
    this.#unfinished = true
  }

  /** An attempt that was not even begun: plaintext is refused, no such mechanism. */
  refused(reason: 'plaintext' | 'mechanism' | 'tls' | 'base64', mechanism?: string): void {
    this.#attempts++
    this.#since ??= this.#machine.clock.now()
    if (mechanism !== undefined) this.#mechanism = mechanism
    // A plaintext login by commands of the protocol's own is a failed login like any other.
    const plain = reason === 'plaintext' && mechanism === undefined
    this.#failure = reason === 'tls' || plain ? 'other' : reason
    const [how, text] = [mechanism === undefined ? 'Login' : `Authenticate ${mechanism}`, refusals[reason]]
    // What the other services refuse of the rest, they refuse before anything is written.
    if (!this.#verbose || text === null || (reason !== 'plaintext' && this.#service !== 'imap')) return
    if (reason === 'tls') this.#write('info', `Login failed: ${text}`)
    else this.#write('info', `${how} failed: ${text}${mechanism === undefined ? '' : '.'}`)
  }

  /** What answered a challenge was not base64; only what looks like it reaches auth. */
  notBase64(response: string): void {
    const looksLikeIt = !/[^A-Za-z0-9+/=]/.test(response)
    this.#failure = looksLikeIt ? 'base64' : 'other'
    if (this.#service === 'imap' && !looksLikeIt) {
      if (this.#verbose)
        this.#write('info', `Authenticate ${this.#mechanism} failed: Invalid base64 in response`)
      return
    }
    this.#unfinished = false
  }

  aborted(): void {
    // imap-login does not tell auth of it.
    if (this.#service === 'imap') return
    this.#failure = 'aborted'
    this.#unfinished = false
  }

  /** What came of it. */
  ended(step: Exclude<SaslStep, { kind: 'challenge' }>): void {
    this.#unfinished = false
    if (step.username !== null) this.#user = step.username
    if (step.kind === 'ok' || step.refused === 'disabled' || step.refused === 'proxy') this.#successes++
    else if (step.refused !== undefined) this.#failure = step.refused
    else this.#failure = step.failure === 'unavailable' ? 'temporary' : 'other'
  }

  /** Gives the number of the process that goes on with the session. */
  loggedIn(user: string): number {
    this.#user = user
    this.#pid = this.#machine.next('process')
    this.#write('info', 'Login')
    return this.#pid
  }

  /** Somebody proved who they are, and then it came out that there is no mail for them. */
  loginFailed(user: string): void {
    this.#user = user
    this.#pid = this.#machine.next('process')
    const request = this.#machine.next('process')
    this.#machine.emit({
      type: 'daemon.logged',
      daemon: this.#service,
      level: 'error',
      text:
        `auth-master: login: request [${request}]: Login auth request failed: Authenticated user not found from userdb, ` +
        `auth lookup id=${request} (auth connected 0 msecs ago, request took 0 msecs, client-pid=${this.#pid} client-id=1)`,
      prefix: `${this.#service}(${this.#pid})`,
    })
    this.#write('info', `Disconnected: Internal login failure (pid=${this.#pid} id=1)`)
  }

  /** Something that the client told. */
  said(text: string): void {
    this.#write('info', text)
  }

  /** Who has proven who they are, and finds no place. */
  turnedAway(reason: string): void {
    this.#write('info', `Disconnected: ${reason}`)
  }

  disconnected(reason: string): void {
    this.#write('info', `Disconnected: ${reason} (${this.#why()})`)
  }

  #why(): string {
    const now = this.#machine.clock.now()
    const seconds = this.#since === null ? 0 : Math.floor((now - this.#since) / 1000)
    const tries = `${this.#attempts} attempts in ${seconds} secs`
    if (this.#attempts === 0) return `no auth attempts in ${Math.floor((now - this.#begun) / 1000)} secs`
    if (this.#unfinished && this.#attempts === 1)
      return `client didn't finish SASL auth, waited ${seconds} secs`
    if (this.#failure === 'aborted' && this.#attempts === 1) return 'aborted authentication'
    if (this.#successes > 0) return `internal failure, ${this.#successes} successful auths`
    if (this.#failure === 'denied') return 'user disabled'
    if (this.#failure === 'authorization') return `authorization failed, ${tries}`
    if (this.#failure === 'mechanism') return 'tried to use unsupported auth mechanism'
    if (this.#failure === 'plaintext') return 'tried to use disallowed plaintext auth'
    if (this.#failure === 'base64') return 'sent invalid base64 in response'
    if (this.#failure === 'temporary') return 'auth service reported temporary failure'
    return `auth failed, ${tries}`
  }

  get #verbose(): boolean {
    return this.#settings.flag('auth_verbose') || this.#settings.flag('auth_debug')
  }

  #write(level: 'info' | 'error', what: string): void {
    const elements = this.#settings
      .text('login_log_format_elements')
      .split(/\s+/)
      .filter((element) => element !== '')
      .flatMap((element) => this.#element(element) ?? [])
    const text = expandVariables(this.#settings.text('login_log_format'), { $: what, s: elements.join(', ') })
    this.#machine.emit({ type: 'daemon.logged', daemon: `${this.#service}-login`, level, text })
  }

  /** Null when all its variables are empty; the user is shown always. */
  #element(element: string): string | null {
    const values = this.#values()
    const text = expandVariables(element, values)
    if (/%[A-Z]*(?:u|n|\{user\}|\{username\})/.test(element)) return text
    const empty = Object.fromEntries(Object.keys(values).map((key) => [key, '']))
    return text === expandVariables(element, empty) ? null : text
  }

  #values(): DovecotVariables {
    const { remote, local, secure } = this.#wire
    return {
      ...userVariables(shown(this.#user)),
      s: this.#service,
      h: '',
      l: local.address,
      r: remote.address,
      p: '',
      m: this.#mechanism,
      a: String(local.port),
      b: String(remote.port),
      c: secure ? 'TLS' : isSecured(this.#wire, this.#settings) ? 'secured' : '',
      k: '',
      e: this.#pid === null ? '' : String(this.#pid),
      mpid: this.#pid === null ? '' : String(this.#pid),
      session: this.id,
      real_rip: remote.address,
      real_lip: local.address,
      real_rport: String(remote.port),
      real_lport: String(local.port),
    }
  }
}

/** A name as a log can bear it: not too long, and bytes that are no text as question marks. */
function shown(user: string): string {
  const text = user.replace(/[\u0000-\u001f\u007f\ufffd]/g, '?')
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

/** Microseconds, the client's port and its address, as Dovecot makes them. */
export function sessionId(now: number, { remote }: Pick<Wire, 'remote'>): string {
  const bytes = Buffer.alloc(8)
  bytes.writeUIntLE((now * 1000) % 2 ** 48, 0, 6)
  bytes.writeUInt16LE(remote.port & 0xffff, 6)
  const address = Buffer.from(addressBytes(remote.address) ?? [])
  return Buffer.concat([bytes, address]).toString('base64').replace(/=+$/, '')
}

/** The log of a process that serves one user: `pop3(alice)<4711><id>: …`. */
export class UserLog {
  readonly #machine: Machine
  readonly #daemon: string
  readonly #prefix: string

  constructor(
    machine: Machine,
    settings: DovecotSettings,
    { service, user, pid, session }: { service: string; user: string; pid: number; session: string },
  ) {
    this.#machine = machine
    this.#daemon = service
    this.#prefix = expandVariables(settings.text('mail_log_prefix').replace(/^"(.*)"$/, '$1'), {
      ...userVariables(user),
      s: service,
      p: String(pid),
      session,
    })
  }

  write(level: 'info' | 'warning' | 'error', text: string): void {
    const prefix = this.#prefix.replace(/: ?$/, '')
    this.#machine.emit({ type: 'daemon.logged', daemon: this.#daemon, level, text, prefix })
  }
}
