/**
 * One POP3 session: the loop that reads a line, asks the grammar, the chart and a handler, and alone writes.
 *
 * RFC 1939. The times and limits are Dovecot's.
 */
import { initialTransition, type SnapshotFrom } from 'xstate'
import { authBroken } from '#engine/wire-auth.ts'
import { pluginProblem } from '#engine/wire-plugins.ts'
import { greetingText } from '#engine/wire-greeting.ts'
import { dovecotTls, isTrusted } from '#engine/wire-tls.ts'
import { LoginLog, UserLog } from '#engine/wire-log.ts'
import { SessionFacts } from '#engine/wire-facts.ts'
import { MailboxError } from '#mailbox/mail-store.ts'
import { accepts, stateName } from '#protocol/chart.ts'
import { commands, isPop3Verb, type Pop3Command } from '#protocol/pop3/commands/index.ts'
import { err, ok, writePop3Reply, type Pop3Reply } from '#protocol/pop3/reply.ts'
import { pop3Session, type Pop3SessionStep } from '#protocol/pop3/session.machine.ts'
import type { SaslContext, SaslExchange, SaslStep } from '#protocol/sasl/mechanism.ts'
import { stepper } from '#protocol/step.ts'
import {
  apopStamp,
  authorize,
  readResponse,
  saslContext,
  refusal,
  writeChallenge,
  type AuthorizationOutcome,
} from './authorization.ts'
import type { Maildrop } from './maildrop.ts'
import { findMailUser, internalError, openMaildrop } from './opening.ts'
import { SessionLog } from './session-log.ts'
import {
  loginTimeout,
  idleTimeout,
  longestLoginLine,
  longestResponse,
  longestLine,
  badCommandsBeforeLogin,
  badCommandsAfterLogin,
  unread,
  type Pop3SessionParts,
} from './session-parts.ts'
import { masked, Speaker, upperCase } from './speaker.ts'
import type { Outcome } from './outcome.ts'
import { isTransactionVerb, transaction } from './transaction.ts'

const stepSession = stepper(pop3Session)
/** A password may begin with a blank, a name or a mechanism must not; elsewhere blanks are passed over. */
const takesBlanks: ReadonlySet<string> = new Set(['APOP', 'AUTH', 'PASS'])

export class Pop3Session {
  readonly #parts: Pop3SessionParts
  readonly #facts: SessionFacts
  #snapshot: SnapshotFrom<typeof pop3Session> = initialTransition(pop3Session)[0]
  readonly #login: LoginLog
  readonly #speaker: Speaker
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
    this.#speaker = new Speaker(parts.wire, this.#facts)
  }

  async run(tls: 'implicit' | 'starttls'): Promise<void> {
    const { wire, machine, settings, sasl, service } = this.#parts
    try {
      const { name } = await machine.resolver.nameOf(wire.remote.address)
      this.#facts.opened(wire, service, name ?? 'unknown')
      await sasl.prepare?.()
      const context = await dovecotTls(machine, settings, (text) => this.#facts.logged('error', text))
      this.#tlsPossible = context !== null
      if (tls === 'implicit' && !(await this.#startTls())) return
      if (sasl.trouble?.() == null) await this.#greet()
      else await this.#hangUp(err(authBroken), authBroken)
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
    const greeting = greetingText(settings, this.#parts.wire, machine, 'pop3')
    if (sasl.mechanisms(this.#context()).includes('APOP')) this.#stamp = apopStamp(machine)
    const text = this.#stamp === null ? greeting : `${greeting} ${this.#stamp}`
    const trusted = isTrusted(this.#parts.wire, settings)
    await this.#speaker.say({ ...ok(text), status: trusted ? '[XCLIENT]' : null }, 'unasked')
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
      case 'too-long': {
        const { reply, reason } = unread(line.kind, open ? 'open' : this.#exchange ? 'exchange' : 'login')
        if (reply !== null) return this.#hangUp(reply, reason)
        this.#closing = reason
        return
      }
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
    const parsed = isPop3Verb(verb)
      ? commands[verb].parse(takesBlanks.has(verb) ? args : args.replace(/^ +/, ''))
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
    await this.#speaker.say(err('Unknown command.'))
    if (++this.#bad >= badCommandsBeforeLogin) {
      await this.#hangUp(err('Too many invalid bad commands.'), 'Disconnected: Too many bad commands')
    }
  }

  /** After login every refusal counts as a bad command. */
  async #refuse(reply: Pop3Reply): Promise<void> {
    await this.#speaker.say(reply)
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
    await this.#speaker.say(outcome.reply, 'answer', outcome.body)
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
        await this.#speaker.say(outcome.reply)
        // AUTH alone only asks which mechanisms there are.
        if (outcome.reply.ok === 'yes' && type !== 'AUTH') this.#step(type)
        if (outcome.user !== undefined) this.#user = outcome.user
        if (outcome.close !== undefined) this.#closing = outcome.close
        return
      case 'tls':
        await this.#speaker.say(outcome.reply)
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
      return this.#speaker.say(err('Authentication aborted by client.'))
    }
    if (!(response instanceof Uint8Array)) {
      this.#login.notBase64(line)
      this.#exchange = null
      this.#step('not-authenticated')
      return this.#speaker.say(response)
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
    await this.#speaker.challenge(writeChallenge(data))
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
      return this.#speaker.say(refusal(step, machine))
    }
    await this.#open(step.username)
  }

  async #open(username: string): Promise<void> {
    const { stores, settings, locks, machine, places, wire } = this.#parts
    const full = places.take(wire, username, settings)
    if (full !== null) {
      this.#login.turnedAway(full)
      this.#ended = true
      return this.#hangUp(err(full, '[IN-USE]'), full)
    }
    const user = pluginProblem(settings) ?? (await findMailUser(stores, username))
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
      // Who has no uid yet is still a number.
      const prefix = `pop3(${user.startsWith('Couldn') ? pid : username})`
      machine.emit({ type: 'daemon.logged', daemon: 'pop3', level: 'error', text: user, prefix })
      this.#ended = true
      return this.#hangUp(internalError, user)
    }
    this.#log = log
    this.#speaker.log = log
    const opening = await openMaildrop(username, {
      machine,
      stores,
      settings,
      locks,
      session: this.#facts.session,
    })
    if (opening.kind === 'closed') {
      if (opening.fault === 'fault') log.fault(opening.reason)
      for (const reply of opening.replies) await this.#hangUp(reply, opening.reason)
      return
    }
    const { maildrop } = opening
    this.#format = opening.format
    this.#unlock = opening.unlock
    log.opened(maildrop)
    this.#maildrop = maildrop
    this.#step('authenticated')
    await this.#speaker.say(ok('Logged in.'))
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

  async #hangUp(reply: Pop3Reply, reason: string): Promise<void> {
    this.#closing = reason
    await this.#speaker.say(reply, 'unasked')
  }

  async #end(): Promise<void> {
    const { wire } = this.#parts
    try {
      await this.#maildrop?.close(this.#facts.session)
    } catch (error) {
      if (!(error instanceof MailboxError)) this.#facts.fault(error)
    }
    this.#unlock()
    this.#parts.places.leave(wire)
    wire.close()
    if (this.#snapshot.status === 'active') this.#step('hang-up')
    const reason = this.#closing ?? 'Connection closed'
    this.#facts.closed(reason)
    if (this.#log) this.#log.end(reason)
    else if (!this.#ended) this.#login.disconnected(reason)
  }

  #step(type: Pop3SessionStep['type']): void {
    const next = stepSession(this.#snapshot, { type })
    this.#facts.state(stateName(this.#snapshot), stateName(next))
    this.#snapshot = next
  }

  #context(): SaslContext {
    return saslContext(this.#parts.wire, this.#facts.session, this.#login.id)
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
