/**
 * One ManageSieve session: the loop that reads a command, asks the chart and a handler, and alone writes.
 *
 * RFC 5804. The times and limits are Pigeonhole's.
 */
import { initialTransition, transition, type SnapshotFrom } from 'xstate'
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { LoginLog, UserLog } from '#engine/wire-log.ts'
import { SessionFacts } from '#engine/wire-facts.ts'
import { authBroken, temporaryFailure } from '#engine/wire-auth.ts'
import type { UserPlaces } from '#engine/wire-places.ts'
import { greetingText } from '#engine/wire-greeting.ts'
import { dovecotTls } from '#engine/wire-tls.ts'
import type { Wire } from '#engine/wire.ts'
import { ScriptFolder } from '#mailbox/scripts/folder.ts'
import { scriptPlaces } from '#mailbox/scripts/places.ts'
import { DiskError } from '#platform/disk.ts'
import { decodeBase64, encodeBase64 } from '#protocol/bytes/base64.ts'
import { accepts, stateName } from '#protocol/chart.ts'
import type { SaslContext, SaslExchange, SaslServer, SaslStep } from '#protocol/sasl/mechanism.ts'
import { noSuchPlace } from '#protocol/sieve/compilation.ts'
import { writeString } from '#protocol/sieve/managesieve/arguments.ts'
import { manageSieveSession, type ManageSieveStep } from '#protocol/sieve/managesieve.machine.ts'
import {
  bye,
  no,
  ok,
  withData,
  writeReply,
  type ManageSieveReply,
} from '#protocol/sieve/managesieve/reply.ts'
import { withoutSecrets } from '#protocol/secrets.ts'
import { capabilities } from './capabilities.ts'
import type { ScriptWorld } from './examine.ts'
import { CommandInput } from './input.ts'
import { loginCommand, longestLoginWord, type LoginWorld } from './login.ts'
import type { Outcome } from './outcome.ts'
import { scriptCommand } from './scripts.ts'
import { SessionLog } from './session-log.ts'

export type SessionParts = {
  readonly machine: Machine
  readonly wire: Wire
  readonly sasl: SaslServer
  readonly settings: DovecotSettings
  readonly places: UserPlaces
  readonly home: (user: string) => Promise<string | null>
  /** A script has come, gone or changed. */
  readonly changed: (user: string) => Promise<void>
}

const loginTimeout = 3 * 60_000
const idleTimeout = 30 * 60_000
const longestLoginLine = 4096
const longestLine = 128 * 1024
const badCommandsBeforeLogin = 3
const badCommandsAfterLogin = 21

const tooManyBad = bye('Too many invalid MANAGESIEVE commands.')
const internal = 'Internal error occurred. Refer to server log for more information.'

export class ManageSieveSession {
  readonly #parts: SessionParts
  readonly #facts: SessionFacts
  #snapshot: SnapshotFrom<typeof manageSieveSession> = initialTransition(manageSieveSession)[0]
  readonly #login: LoginLog
  #scripts: ScriptWorld | null = null
  #log: SessionLog | null = null
  #user = ''
  #exchange: { readonly mechanism: string; readonly exchange: SaslExchange; final: SaslStep | null } | null =
    null
  #aborted = false
  #tlsPossible = false
  #bad = 0
  #closing: string | null = null
  /** There was no way in for who had proven who they are: it is in the log already. */
  #loginFailed = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#facts = new SessionFacts(parts.machine, 'sieved')
    this.#login = new LoginLog(parts.machine, parts.wire, parts.settings, 'managesieve')
  }

  async run(): Promise<void> {
    const { wire, machine, sasl } = this.#parts
    try {
      const { name } = await machine.resolver.nameOf(wire.remote.address)
      this.#facts.opened(wire, 'sieve', name ?? 'unknown')
      await sasl.prepare?.()
      this.#tlsPossible = (await this.#certificate()) !== null
      if (sasl.trouble?.() == null) await this.#greet()
      else await this.#hangUp(bye(authBroken, 'TRYLATER'), authBroken)
      while (this.#closing === null) await this.#turn()
    } catch (error) {
      this.#facts.fault(error)
      this.#closing = 'Internal error'
      await wire.write(writeReply(bye(internal)))
    } finally {
      this.#parts.places.leave(wire)
      wire.close()
      if (this.#snapshot.status === 'active') this.#step('hang-up')
      const reason = this.#closing ?? 'Connection closed'
      this.#facts.closed(reason)
      if (this.#log) this.#log.end(reason)
      else if (!this.#loginFailed) this.#login.disconnected(loginReason(reason))
    }
  }

  async #greet(): Promise<void> {
    const { wire, machine, settings } = this.#parts
    const greeting = ok(greetingText(settings, wire, machine, 'sieve'))
    await this.#say(withData(greeting, capabilities('before-login', this.#loginWorld())), 'unasked')
  }

  async #turn(): Promise<void> {
    const inside = this.#scripts !== null
    const timeout = inside ? idleTimeout : loginTimeout
    const line = await this.#parts.wire.line(inside ? longestLine : longestLoginLine, timeout)
    switch (line.kind) {
      case 'end':
        this.#closing = 'Connection closed'
        return
      case 'timeout':
        return this.#hangUp(bye('Disconnected for inactivity.'), 'Disconnected for inactivity')
      case 'too-long': {
        const text = inside ? 'Input line too long.' : 'Input buffer full, aborting'
        return this.#hangUp(bye(text), 'Input line too long')
      }
      case 'line':
        if (this.#exchange !== null) return this.#answer(line.text)
        return this.#command(new CommandInput(line.text, this.#parts.wire, timeout))
      default:
        return line satisfies never
    }
  }

  async #command(input: CommandInput): Promise<void> {
    const { verb } = input
    this.#facts.command(masked(input.line, verb), verb)
    const type = verb as ManageSieveStep['type']
    if (verb === 'XCLIENT' && this.#scripts === null) return this.#say(no('You are not from trusted IP'))
    if (!verbs.has(verb) || !accepts(this.#snapshot, { type })) {
      // After TLS there is no STARTTLS any more, but words of its own for it.
      if (verb !== 'STARTTLS' || this.#scripts !== null) return this.#badCommand(verb, 'Unknown command')
    }
    await this.#done(verb, await this.#outcome(input))
  }

  async #outcome(input: CommandInput): Promise<Outcome> {
    if (this.#scripts === null) return loginCommand(input, this.#loginWorld())
    try {
      return await scriptCommand(input, {
        ...this.#scripts,
        capabilities: () => capabilities('after-login', this.#loginWorld()),
      })
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#facts.logged('error', error.message)
      return { kind: 'reply', reply: no(internal, 'TRYLATER') }
    }
  }

  async #done(verb: string, outcome: Outcome): Promise<void> {
    const type = verb as ManageSieveStep['type']
    switch (outcome.kind) {
      case 'reply':
        // Before login nothing makes up for a bad command.
        if (this.#scripts !== null) this.#bad = 0
        if (outcome.refused !== undefined) this.#login.refused(outcome.refused, outcome.mechanism)
        if (outcome.tried !== undefined) this.#log?.failed(outcome.tried, outcome.reply.text)
        if (outcome.reply.status === 'OK' && changes.has(verb)) await this.#parts.changed(this.#user)
        await this.#say(outcome.reply)
        if (outcome.reply.status === 'OK') this.#step(type)
        if (outcome.close !== undefined) this.#closing = outcome.close
        if ((await outcome.after?.()) === 'gone') this.#closing = 'Connection closed'
        return
      case 'bad':
        await this.#badCommand(verb, outcome.problem)
        if ((await outcome.after?.()) === 'gone') this.#closing = 'Connection closed'
        return
      case 'gone':
        this.#closing = 'Connection closed'
        return
      case 'tls':
        return this.#startTls()
      case 'exchange': {
        const { mechanism, exchange, response } = outcome
        this.#step(type)
        this.#login.tries(mechanism)
        this.#exchange = { mechanism, exchange, final: null }
        return this.#saslStep(await exchange.start(response))
      }
      default:
        return outcome satisfies never
    }
  }

  async #badCommand(verb: string, problem: string): Promise<void> {
    const inside = this.#scripts !== null
    if (++this.#bad >= (inside ? badCommandsAfterLogin : badCommandsBeforeLogin)) {
      return this.#hangUp(
        tooManyBad,
        inside ? 'Too many invalid MANAGESIEVE commands.' : 'Too many invalid commands.',
      )
    }
    const text = inside ? `command ${verb}: ${problem}.` : 'command received by server.'
    await this.#say(no(`Error in MANAGESIEVE ${text}`))
  }

  /** A string that answers a SASL challenge. */
  async #answer(line: string): Promise<void> {
    const under = this.#exchange
    if (under === null) return
    this.#facts.command('{secret}', 'AUTHENTICATE')
    const input = new CommandInput(`AUTHENTICATE ${line}`, this.#parts.wire, loginTimeout)
    const word = await input.next(longestLoginWord)
    if (word.kind === 'word' && word.word.kind === 'string') {
      const { text } = word.word
      const response = text === '*' ? null : decodeBase64(text)
      if (response !== null) return this.#saslStep(under.final ?? (await under.exchange.next(response)))
      this.#aborted ||= text === '*'
      this.#facts.auth(under.mechanism, 'cancelled')
      if (text === '*') this.#login.aborted()
      else this.#login.notBase64(text)
      this.#endExchange()
      const aborted =
        text === '*'
          ? 'Authentication aborted by client.'
          : /[^A-Za-z0-9+/=]/.test(text)
            ? 'Invalid base64 in response'
            : 'Invalid base64 data in continued response'
      return this.#say(no(aborted))
    }
    this.#endExchange()
    if (word.kind === 'gone') this.#closing = 'Connection closed'
    else await this.#say(no('Invalid AUTHENTICATE client response.'))
  }

  #endExchange(): void {
    this.#exchange = null
    this.#step('not-authenticated')
  }

  async #saslStep(step: SaslStep): Promise<void> {
    const under = this.#exchange
    if (under === null) return
    if (step.kind === 'challenge') return this.#challenge(step.data)
    if (step.kind === 'ok' && step.final !== undefined) {
      under.final = { kind: 'ok', username: step.username }
      return this.#challenge(step.final)
    }
    this.#facts.auth(under.mechanism, step)
    this.#login.ended(step)
    if (step.kind === 'ok') return this.#open(step.username)
    const { machine, settings } = this.#parts
    this.#endExchange()
    const delay = settings.time('auth_failure_delay')
    if (delay > 0) await machine.clock.sleep(delay)
    if (step.failure === 'refused')
      return this.#say(step.refused === 'proxy' ? no(step.reason, 'TRYLATER') : no(step.reason))
    const unavailable = step.failure === 'unavailable'
    await this.#say(unavailable ? no(temporaryFailure(machine), 'TRYLATER') : no('Authentication failed.'))
  }

  async #challenge(data: Uint8Array): Promise<void> {
    this.#step('challenge')
    const text = writeString(encodeBase64(data))
    this.#facts.reply({ code: '', status: null, lines: [text] })
    await this.#parts.wire.write(`${text}\r\n`)
  }

  async #open(user: string): Promise<void> {
    const { home, settings, machine, places: seats, wire } = this.#parts
    this.#exchange = null
    const full = seats.take(wire, user, settings)
    if (full !== null) {
      this.#login.turnedAway(full)
      this.#loginFailed = true
      return this.#hangUp(no(full), full)
    }
    const own = await home(user)
    const places = own === null ? null : scriptPlaces(settings, { name: user, home: own })
    if (places?.folder == null) {
      this.#step('not-authenticated')
      this.#login.loginFailed(user)
      this.#loginFailed = true
      const text = 'Internal login failure. Refer to server log for more information.'
      return this.#hangUp(bye(text), 'No script storage')
    }
    const { folder, global } = places
    const shared = global === null ? null : new ScriptFolder(machine.disk, { ...places, folder: global })
    this.#scripts = {
      settings,
      folder: new ScriptFolder(machine.disk, { ...places, folder }),
      global: async (name) => (shared === null ? noSuchPlace : shared.read(name)),
    }
    this.#bad = 0
    this.#user = user
    this.#step('authenticated')
    const pid = this.#login.loggedIn(user)
    const log = { service: 'managesieve', user, pid, session: this.#login.id }
    this.#log = new SessionLog(new UserLog(machine, settings, log), settings, this.#parts.wire)
    await this.#say(ok('Logged in.'))
  }

  async #startTls(): Promise<void> {
    const { wire } = this.#parts
    await this.#say(ok('Begin TLS negotiation now.'))
    this.#step('STARTTLS')
    const context = await this.#certificate()
    const result =
      context === null
        ? ({ kind: 'failed', reason: 'no certificate' } as const)
        : await wire.startTls(context, loginTimeout)
    this.#facts.tls(result)
    if (result.kind === 'failed') {
      this.#closing = `TLS handshaking failed: ${result.reason}`
      return
    }
    this.#step('tls-established')
    // RFC 5804 §2.2: what the server can do it says again.
    const lines = capabilities('before-login', this.#loginWorld())
    await this.#say(withData(ok('TLS negotiation successful.'), lines), 'unasked')
  }

  #certificate() {
    const { machine, settings } = this.#parts
    return dovecotTls(machine, settings, (text) => this.#facts.logged('error', text))
  }

  async #say(reply: ManageSieveReply, how: 'answer' | 'unasked' = 'answer'): Promise<void> {
    const { status: code, code: responseCode, text, data } = reply
    const status = responseCode === null ? null : `(${responseCode})`
    this.#facts.reply({ code, status, lines: [text, ...data] }, how === 'unasked' ? true : undefined)
    const written = writeReply(reply)
    this.#log?.wrote(written.length)
    await this.#parts.wire.write(written)
  }

  async #hangUp(reply: ManageSieveReply, reason: string): Promise<void> {
    this.#closing = reason
    await this.#say(reply, 'unasked')
  }

  #step(type: ManageSieveStep['type']): void {
    const [next] = transition(manageSieveSession, this.#snapshot, { type })
    this.#facts.state(stateName(this.#snapshot), stateName(next))
    this.#snapshot = next
  }

  #loginWorld(): LoginWorld {
    const { wire, sasl, settings } = this.#parts
    const context: SaslContext = {
      service: 'sieve',
      tls: wire.secure,
      client: wire.remote.address,
      local: wire.local.address,
      session: this.#facts.session,
      id: this.#login.id,
    }
    return { wire, sasl, settings, context, tlsPossible: this.#tlsPossible, aborted: this.#aborted }
  }
}

/** After these the user's INBOX is looked at, and so made. */
const changes: ReadonlySet<string> = new Set(['PUTSCRIPT', 'SETACTIVE', 'DELETESCRIPT', 'RENAMESCRIPT'])

const loginReason = (reason: string): string =>
  reason === 'Logged out' ? 'Aborted login by logging out' : reason

/** Only these are asked of the chart: xstate remembers every event that it was ever asked about. */
const verbs: ReadonlySet<string> = new Set(
  (
    'AUTHENTICATE STARTTLS CAPABILITY NOOP LOGOUT HAVESPACE PUTSCRIPT LISTSCRIPTS SETACTIVE GETSCRIPT ' +
    'DELETESCRIPT RENAMESCRIPT CHECKSCRIPT'
  ).split(' '),
)

/** Proofs never reach the trace. */
const masked = (line: string, verb: string): string =>
  verb === 'AUTHENTICATE' ? line.replace(/^(\s*\S+\s+"[^"]*"\s+).+$/, '$1{secret}') : withoutSecrets(line)
