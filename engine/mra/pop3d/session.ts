/**
 * One POP3 session: the loop that reads a line, asks the grammar, the chart and a handler, and alone writes.
 *
 * RFC 1939. The times and limits are Dovecot's.
 */
import { initialTransition, type SnapshotFrom } from 'xstate'
import type { Machine } from '#engine/machine.ts'
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { dovecotTls } from '#engine/wire-tls.ts'
import { LoginLog, UserLog } from '#engine/wire-log.ts'
import { SessionFacts } from '#engine/wire-facts.ts'
import type { Wire } from '#engine/wire.ts'
import { MailboxError, type MailStores } from '#mailbox/mail-store.ts'
import { dotStuffed } from '#protocol/bytes/lines.ts'
import { accepts, stateName } from '#protocol/chart.ts'
import { commands, isPop3Verb, type Pop3Command } from '#protocol/pop3/commands/index.ts'
import { err, ok, statusLine, writePop3Reply, type Pop3Reply } from '#protocol/pop3/reply.ts'
import { pop3Session, type Pop3SessionStep } from '#protocol/pop3/session.machine.ts'
import type { SaslContext, SaslExchange, SaslServer, SaslStep } from '#protocol/sasl/mechanism.ts'
import { stepper } from '#protocol/step.ts'
import {
  authorize,
  readResponse,
  refusal,
  writeChallenge,
  type AuthorizationOutcome,
} from './authorization.ts'
import type { MaildropLocks } from './locks.ts'
import type { Maildrop } from './maildrop.ts'
import { findMailUser, internalError, openMaildrop } from './opening.ts'
import { SessionLog } from './session-log.ts'
import type { Outcome } from './outcome.ts'
import { isTransactionVerb, transaction } from './transaction.ts'

export type Pop3SessionParts = {
  readonly machine: Machine
  readonly wire: Wire
  readonly sasl: SaslServer
  readonly stores: MailStores
  readonly settings: DovecotSettings
  readonly locks: MaildropLocks
  readonly service: 'pop3' | 'pop3s'
}

const loginTimeout = 3 * 60_000
const idleTimeout = 10 * 60_000
const longestLoginLine = 1024
const longestResponse = 8192
const longestLine = 2047
const badCommandsBeforeLogin = 3
const badCommandsAfterLogin = 21

const stepSession = stepper(pop3Session)

export class Pop3Session {
  readonly #parts: Pop3SessionParts
  readonly #facts: SessionFacts
  #snapshot: SnapshotFrom<typeof pop3Session> = initialTransition(pop3Session)[0]
  readonly #login: LoginLog
  #maildrop: Maildrop | null = null
  #log: SessionLog | null = null
  #format: 'maildir' | 'mbox' = 'maildir'
  #unlock: () => void = () => undefined
  #user: string | null = null
  #exchange: { readonly mechanism: string; readonly exchange: SaslExchange; final: SaslStep | null } | null =
    null
  #stamp: string | null = null
  #tlsPossible = false
  #bad = 0
  #closing: string | null = null
  /** Its end is in the log already. */
  #ended = false

  constructor(parts: Pop3SessionParts) {
    this.#parts = parts
    this.#facts = new SessionFacts(parts.machine, 'pop3d')
    this.#login = new LoginLog(parts.machine, parts.wire, parts.settings, 'pop3')
  }

  async run(tls: 'implicit' | 'starttls'): Promise<void> {
    const { wire, machine, settings, sasl, service } = this.#parts
    try {
      const { name } = await machine.resolver.nameOf(wire.remote.address)
      this.#facts.opened(wire, service, name ?? 'unknown')
      this.#login.begin()
      await sasl.prepare?.()
      const context = await dovecotTls(machine, settings, (text) => this.#facts.logged('error', text))
      this.#tlsPossible = context !== null
      if (tls === 'implicit' && !(await this.#startTls())) return
      await this.#greet()
      while (this.#closing === null) await this.#turn()
    } catch (error) {
      this.#facts.fault(error)
      this.#closing = 'Internal error'
      await wire.write(writePop3Reply(internalError))
    } finally {
      await this.#end()
    }
  }

  async #greet(): Promise<void> {
    const { machine, settings, sasl } = this.#parts
    const greeting = settings.text('login_greeting')
    if (sasl.mechanisms(this.#context()).includes('APOP')) {
      const seconds = Math.floor(machine.clock.now() / 1000).toString(16)
      const cookie = Buffer.from(machine.random.bytes(16)).toString('base64')
      this.#stamp = `<${machine.next('process').toString(16)}.1.${seconds}.${cookie}@${machine.name}>`
    }
    const text = this.#stamp === null ? greeting : `${greeting} ${this.#stamp}`
    await this.#say(ok(text), 'unasked')
  }

  /** One line of the client, and what comes of it. */
  async #turn(): Promise<void> {
    const { wire } = this.#parts
    const open = this.#maildrop !== null
    const limit = open ? longestLine : this.#exchange ? longestResponse : longestLoginLine
    const line = await wire.line(limit, open ? idleTimeout : loginTimeout)
    switch (line.kind) {
      case 'end':
        this.#closing = 'Connection closed'
        return
      case 'timeout':
        return this.#hangUp(
          err('Disconnected for inactivity.'),
          open ? 'Disconnected for inactivity' : 'Inactivity',
        )
      case 'too-long':
        if (this.#exchange) {
          this.#closing = 'Authentication response too large'
          return
        }
        return this.#hangUp(
          err(open ? 'Input line too long.' : 'Input buffer full, aborting'),
          open ? 'Input line too long' : 'Input buffer full',
        )
      case 'line':
        this.#log?.read(line.text)
        return this.#exchange ? this.#answer(line.text) : this.#command(line.text)
      default:
        return line satisfies never
    }
  }

  async #command(typed: string): Promise<void> {
    // As a string of C: what follows a NUL is not there.
    const line = this.#maildrop === null ? typed : (typed.split('\0', 1)[0] ?? '')
    const space = line.indexOf(' ')
    const verb = upperCase(space < 0 ? line : line.slice(0, space))
    const args = space < 0 ? '' : line.slice(space + 1)
    this.#facts.command(masked(verb, line), verb)
    // A password may begin with a blank, and APOP must not; elsewhere blanks are passed over.
    const parsed = isPop3Verb(verb)
      ? commands[verb].parse(verb === 'PASS' || verb === 'APOP' ? args : args.replace(/^ +/, ''))
      : null
    const type = verb as Pop3SessionStep['type']
    // PASS before USER has its own words.
    if (parsed === null || !isPop3Verb(verb) || (verb !== 'PASS' && !accepts(this.#snapshot, { type }))) {
      return this.#unknown(verb)
    }
    if (this.#maildrop !== null) {
      if (verb === 'PASS' || (verb === 'LAST' && !this.#parts.settings.flag('pop3_enable_last')))
        return this.#unknown(verb)
      return parsed.ok ? this.#transact(parsed.command, type) : this.#refuse(parsed.reply)
    }
    if (verb === 'APOP' && this.#stamp === null)
      return this.#done({ kind: 'reply', reply: err('APOP not enabled.') }, type)
    if (!parsed.ok) return this.#done({ kind: 'reply', reply: parsed.reply }, type)
    await this.#done(authorize(parsed.command, this.#authorizationWorld()), type)
  }

  async #unknown(verb: string): Promise<void> {
    if (this.#maildrop !== null) {
      return this.#refuse(err(verb === '' ? 'Unknown command.' : `Unknown command: ${verb}`))
    }
    await this.#say(err('Unknown command.'))
    if (++this.#bad >= badCommandsBeforeLogin) {
      await this.#hangUp(err('Too many invalid bad commands.'), 'Disconnected: Too many bad commands')
    }
  }

  /** After login every refusal counts as a bad command. */
  async #refuse(reply: Pop3Reply): Promise<void> {
    await this.#say(reply)
    if (++this.#bad >= badCommandsAfterLogin) {
      await this.#hangUp(err('Too many bad commands.'), 'Too many bad commands.')
    }
  }

  async #transact(command: Pop3Command, type: Pop3SessionStep['type']): Promise<void> {
    const { settings } = this.#parts
    const maildrop = this.#maildrop
    if (maildrop === null || !isTransactionVerb(command.verb)) return this.#unknown(command.verb)
    const handler = transaction[command.verb] as (
      command: Pop3Command,
      world: Parameters<(typeof transaction)['STAT']>[1],
    ) => Promise<Outcome>
    const world = { session: this.#facts.session, maildrop, settings, format: this.#format }
    let outcome: Outcome
    try {
      outcome = await handler(command, world)
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
      outcome = { reply: err(error.message, '[SYS/TEMP]'), close: error.message }
    }
    this.#log?.count(command, outcome)
    if (outcome.reply.ok === 'no') return this.#refuse(outcome.reply)
    this.#bad = 0
    await this.#say(outcome.reply, 'answer', outcome.body)
    for (const step of outcome.steps ?? [type]) this.#step(step)
    if (outcome.fault !== undefined) this.#log?.fault(outcome.fault)
    if (outcome.close !== undefined) this.#closing = outcome.close
  }

  async #done(outcome: AuthorizationOutcome, type: Pop3SessionStep['type']): Promise<void> {
    this.#bad = 0
    switch (outcome.kind) {
      case 'reply':
        if (outcome.refused !== undefined) this.#login.refused(outcome.refused, outcome.mechanism)
        if (outcome.refused !== undefined && outcome.user !== undefined) this.#login.named(outcome.user)
        await this.#say(outcome.reply)
        // AUTH alone only asks which mechanisms there are.
        if (outcome.reply.ok === 'yes' && type !== 'AUTH') this.#step(type)
        if (outcome.user !== undefined) this.#user = outcome.user
        if (outcome.close !== undefined) this.#closing = outcome.close
        return
      case 'tls':
        await this.#say(outcome.reply)
        this.#step(type)
        await this.#startTls()
        return
      case 'proof':
        this.#step(type)
        this.#user = null
        this.#login.tries(outcome.mechanism)
        return this.#proven(outcome.mechanism, await outcome.step)
      case 'exchange':
        this.#step(type)
        this.#login.tries(outcome.mechanism)
        this.#exchange = { mechanism: outcome.mechanism, exchange: outcome.exchange, final: null }
        return this.#saslStep(await outcome.step)
      default:
        return outcome satisfies never
    }
  }

  /** A line that answers a SASL challenge. */
  async #answer(line: string): Promise<void> {
    const under = this.#exchange
    if (under === null) return
    this.#facts.command(line === '*' ? line : '{secret}', 'AUTH')
    const response = readResponse(line)
    if (response === null) {
      this.#facts.auth(under.mechanism, 'cancelled')
      this.#login.aborted()
      this.#exchange = null
      this.#step('not-authenticated')
      return this.#say(err('Authentication aborted by client.'))
    }
    if (!(response instanceof Uint8Array)) {
      this.#login.notBase64(line)
      this.#exchange = null
      this.#step('not-authenticated')
      return this.#say(response)
    }
    await this.#saslStep(under.final ?? (await under.exchange.next(response)))
  }

  async #saslStep(step: SaslStep): Promise<void> {
    const under = this.#exchange
    if (under === null) return
    if (step.kind === 'challenge') return this.#challenge(step.data)
    if (step.kind === 'ok' && step.final !== undefined) {
      under.final = { kind: 'ok', username: step.username }
      return this.#challenge(step.final)
    }
    this.#exchange = null
    await this.#proven(under.mechanism, step)
  }

  async #challenge(data: Uint8Array): Promise<void> {
    this.#step('challenge')
    const text = writeChallenge(data)
    this.#facts.reply({ code: '+', status: null, lines: [text.slice(2, -2)] })
    await this.#parts.wire.write(text)
  }

  async #proven(mechanism: string, step: SaslStep): Promise<void> {
    if (step.kind === 'challenge') throw new Error(`${mechanism}: a challenge where a verdict was due`)
    this.#facts.auth(mechanism, step)
    this.#login.ended(step)
    if (step.kind === 'failed') {
      const { machine, settings } = this.#parts
      this.#step('not-authenticated')
      const delay = settings.time('auth_failure_delay')
      if (delay > 0) await machine.clock.sleep(delay)
      return this.#say(refusal(step))
    }
    await this.#open(step.username)
  }

  async #open(username: string): Promise<void> {
    const { stores, settings, locks, machine } = this.#parts
    const user = await findMailUser(stores, username)
    if (user === null) {
      this.#login.loginFailed(username)
      this.#ended = true
      this.#closing = 'Internal login failure'
      return
    }
    const pid = this.#login.loggedIn(username)
    const session = this.#login.id
    const log = new SessionLog(
      new UserLog(machine, settings, { service: 'pop3', user: username, pid, session }),
      settings,
    )
    if (typeof user === 'string') {
      const prefix = `pop3(${pid})`
      machine.emit({ type: 'daemon.logged', daemon: 'pop3', level: 'error', text: user, prefix })
      this.#ended = true
      return this.#hangUp(internalError, user)
    }
    this.#log = log
    const opening = await openMaildrop(username, { stores, settings, locks })
    if (opening.kind === 'closed') {
      if (opening.fault === 'fault') log.fault(opening.reason)
      for (const reply of opening.replies) await this.#hangUp(reply, opening.reason)
      return
    }
    const { maildrop } = opening
    this.#format = opening.format
    this.#unlock = opening.unlock
    log.opened(maildrop)
    machine.emit({
      type: 'mailbox.opened',
      session: this.#facts.session,
      user: username,
      mailbox: 'INBOX',
      messages: maildrop.messages.length,
      uidValidity: maildrop.mailbox.uidValidity,
    })
    this.#maildrop = maildrop
    this.#step('authenticated')
    await this.#say(ok('Logged in.'))
  }

  async #startTls(): Promise<boolean> {
    const { wire, machine, settings } = this.#parts
    const context = await dovecotTls(machine, settings, (text) => this.#facts.logged('error', text))
    const result =
      context === null
        ? ({ kind: 'failed', reason: 'no certificate' } as const)
        : await wire.startTls(context, loginTimeout)
    this.#facts.tls(result)
    if (result.kind === 'failed') {
      this.#closing = `TLS handshaking failed: ${result.reason}`
      return false
    }
    this.#user = null
    if (stateName(this.#snapshot) === 'tls') this.#step('tls-established')
    return true
  }

  async #say(reply: Pop3Reply, how: 'answer' | 'unasked' = 'answer', body?: Uint8Array): Promise<void> {
    const { code, lines } = {
      code: reply.ok === 'yes' ? '+OK' : '-ERR',
      lines: [reply.text, ...(reply.lines ?? [])],
    }
    const rfc = reply.rfc === undefined ? {} : { rfc: reply.rfc }
    this.#facts.reply({ code, status: reply.status, lines, ...rfc }, how === 'unasked' ? true : undefined)
    const first = body === undefined ? writePop3Reply(reply) : `${statusLine(reply)}\r\n`
    const bytes = Buffer.concat([Buffer.from(first, 'latin1'), ...(body ? [dotStuffed(body)] : [])])
    this.#log?.wrote(bytes.length)
    await this.#parts.wire.write(bytes)
  }

  async #hangUp(reply: Pop3Reply, reason: string): Promise<void> {
    this.#closing = reason
    await this.#say(reply, 'unasked')
  }

  async #end(): Promise<void> {
    const { wire } = this.#parts
    try {
      await this.#maildrop?.close(this.#facts.session)
    } catch (error) {
      if (!(error instanceof MailboxError)) this.#facts.fault(error)
    }
    this.#unlock()
    wire.close()
    if (this.#snapshot.status === 'active') this.#step('hang-up')
    this.#facts.closed(this.#closing ?? 'Connection closed')
    this.#logEnd()
  }

  #logEnd(): void {
    const reason = this.#closing ?? 'Connection closed'
    if (this.#log) this.#log.end(reason)
    else if (!this.#ended) this.#login.disconnected(reason)
  }

  #step(type: Pop3SessionStep['type']): void {
    const next = stepSession(this.#snapshot, { type })
    this.#facts.state(stateName(this.#snapshot), stateName(next))
    this.#snapshot = next
  }

  #context(): SaslContext {
    const { wire } = this.#parts
    return {
      service: 'pop3',
      tls: wire.secure,
      client: wire.remote.address,
      local: wire.local.address,
      session: this.#facts.session,
      id: this.#login.id,
    }
  }

  #authorizationWorld() {
    const { wire, settings, sasl } = this.#parts
    return {
      wire,
      settings,
      sasl,
      context: this.#context(),
      tlsPossible: this.#tlsPossible,
      stamp: this.#stamp,
      user: this.#user,
    }
  }
}

/** Verbs are ASCII; other bytes stay as they are. */
const upperCase = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())

/** Passwords and proofs never reach the trace. */
function masked(verb: string, line: string): string {
  if (verb === 'PASS') return 'PASS {secret}'
  if (verb === 'APOP') return line.replace(/ \S*$/, ' {secret}')
  return verb === 'AUTH' ? line.replace(/^(\S+ +\S+ +).*$/, '$1{secret}') : line
}
