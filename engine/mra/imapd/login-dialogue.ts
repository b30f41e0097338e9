/**
 * The part of an IMAP session before login, which Dovecot leaves to a process of its own: greeting, capabilities, TLS,
 * and who the client is. It ends with an account, or with the connection.
 */
import type { SecureContext } from 'node:tls'
import { greetingText } from '#engine/wire-greeting.ts'
import type { SessionFacts } from '#engine/wire-facts.ts'
import { authBroken } from '#engine/wire-auth.ts'
import { LoginLog, UserLog } from '#engine/wire-log.ts'
import { MailboxError, type MailUser } from '#mailbox/mail-store.ts'
import { encodeBase64 } from '#protocol/bytes/base64.ts'
import { commands, isImapName } from '#protocol/imap/commands/index.ts'
import type { ImapSessionStep } from '#protocol/imap/session.machine.ts'
import { literalAtEnd, readArguments } from '#protocol/imap/tokens.ts'
import type { SaslExchange, SaslStep } from '#protocol/sasl/mechanism.ts'
import { withoutSecrets } from '#protocol/secrets.ts'
import { Account } from './account.ts'
import { sessionCapabilities } from './capabilities.ts'
import { readCommandLine } from './command-line.ts'
import { identify } from './commands/id.ts'
import { hasLongArgument } from './long-argument.ts'
import { capabilitiesNow, logIn, readSaslResponse, saslRefusal, type LoginOutcome } from './login.ts'
import { Names } from './names.ts'
import { no, ok, type Tagged } from './outcome.ts'
import { SessionLog } from './session-log.ts'
import type { ImapSessionParts } from './session.ts'
import type { Transcript } from './transcript.ts'

export type LoginParts = ImapSessionParts & {
  readonly facts: SessionFacts
  readonly transcript: Transcript
  readonly tlsContext: SecureContext | null
  readonly step: (type: ImapSessionStep['type']) => void
  readonly may: (type: ImapSessionStep['type']) => boolean
}

const internalError = 'Internal error occurred. Refer to server log for more information.'
const timeout = 3 * 60_000
const longestLine = 8192
/** Only proofs may be longer. */
const longestArgument = 1024
const badCommandsAllowed = 2
const badCommand: Tagged = { status: 'BAD', text: 'Error in IMAP command received by server.' }

export class LoginDialogue {
  readonly #parts: LoginParts
  readonly #log: LoginLog
  /** Its end is in the log already, or belongs to another process. */
  #ended = false
  closing: string | null = null
  /** Once somebody is logged in. */
  sessionLog: SessionLog | null = null
  #account: Account | null = null
  #bad = 0
  /** A client that asked, and not because STARTTLS made it, does not read the list in the reply to LOGIN. */
  #askedCapabilities = false
  #hadStartTls = false

  constructor(parts: LoginParts) {
    this.#parts = parts
    this.#log = new LoginLog(parts.machine, parts.wire, parts.settings, 'imap')
  }

  /** The connection is over. */
  end(reason: string): void {
    if (!this.#ended) this.#log.disconnected(reason)
  }

  async account(): Promise<Account | null> {
    const { settings, transcript, wire, machine } = this.#parts
    if (this.#parts.sasl.trouble?.() != null) {
      await this.#hangUp(authBroken)
      return null
    }
    const greeting = greetingText(settings, wire, machine, 'imap')
    await transcript.unasked(`* OK [CAPABILITY ${capabilitiesNow(this.#world())}] ${greeting}`)
    while (this.#account === null && this.closing === null) await this.#turn()
    return this.#account
  }

  async startTls(): Promise<boolean> {
    const { wire, facts, tlsContext, step } = this.#parts
    const result =
      tlsContext === null
        ? ({ kind: 'failed', reason: 'no certificate' } as const)
        : await wire.startTls(tlsContext, timeout)
    facts.tls(result)
    if (result.kind === 'failed') {
      this.closing = `TLS handshaking failed: ${result.reason}`
      return false
    }
    if (this.#parts.may('tls-established')) step('tls-established')
    return true
  }

  async #turn(): Promise<void> {
    const line = await this.#line()
    if (line === null) return
    const { facts, transcript } = this.#parts
    const came = readCommandLine(line)
    if (came.kind !== 'command') {
      facts.command(withoutSecrets(line), '')
      return this.#badCommand(came.kind === 'bad-tag' ? '*' : came.tag)
    }
    const { tag, name } = came
    const text = await this.#literals(came.args)
    if (text === null) return
    if (name !== 'AUTHENTICATE' && hasLongArgument(text, longestArgument))
      return this.#hangUp('Input buffer full, aborting', 'Input buffer full')
    facts.command(withoutSecrets(`${tag} ${masked(name, text)}`), name)
    if (!isImapName(name) || !this.#parts.may(name)) return this.#badCommand(tag)
    const args = readArguments(text)
    if (!args.ok) return this.#parts.transcript.tagged(tag, { status: 'BAD', text: args.message }, '')
    const parsed = commands[name].parse(args.args, 'sequence')
    if (!parsed.ok) return this.#badCommand(tag)
    if (name === 'CAPABILITY' && !this.#hadStartTls) this.#askedCapabilities = true
    await this.#outcome(tag, logIn(parsed.command, this.#world()))
    transcript.tell('answer')
  }

  async #outcome(tag: string, outcome: LoginOutcome): Promise<void> {
    const { transcript, step } = this.#parts
    switch (outcome.kind) {
      case 'bad':
        return this.#badCommand(tag)
      case 'reply':
        if (outcome.refused !== undefined) {
          const { reason, mechanism, user } = outcome.refused
          this.#log.refused(reason, mechanism)
          if (user !== undefined) this.#log.named(user)
        }
        await transcript.send(outcome.untagged)
        return transcript.tagged(tag, outcome.tagged, '')
      case 'logout':
        await transcript.send('* BYE Logging out\r\n')
        await transcript.tagged(tag, ok('Logout completed.'), '')
        step('LOGOUT')
        this.closing = 'Aborted login by logging out'
        return
      case 'id':
        await transcript.send(
          identify(outcome.command, {
            ...this.#parts,
            session: this.#parts.facts.session,
            log: (text) => this.#log.said(text),
          }),
        )
        return transcript.tagged(tag, ok('ID completed.'), '')
      case 'tls':
        step('STARTTLS')
        await transcript.tagged(tag, ok('Begin TLS negotiation now.'), '')
        this.#hadStartTls = true
        await this.startTls()
        return
      case 'proof':
        step('LOGIN')
        // To auth it is PLAIN.
        this.#log.tries('PLAIN')
        return this.#proven(tag, outcome.mechanism, await outcome.step)
      case 'exchange':
        step('AUTHENTICATE')
        this.#log.tries(outcome.mechanism)
        return this.#exchange(tag, outcome)
      default:
        return outcome satisfies never
    }
  }

  async #exchange(
    tag: string,
    under: { readonly mechanism: string; readonly exchange: SaslExchange; readonly step: Promise<SaslStep> },
  ): Promise<void> {
    const { transcript, facts, step: chart } = this.#parts
    let step = await under.step
    for (;;) {
      if (step.kind === 'failed') return this.#proven(tag, under.mechanism, step)
      const data = step.kind === 'challenge' ? step.data : step.final
      if (data === undefined) return this.#proven(tag, under.mechanism, step)
      chart('challenge')
      await transcript.send(`+ ${encodeBase64(data)}\r\n`)
      transcript.tell('answer')
      const line = await this.#line()
      if (line === null) return
      facts.command(line === '*' ? line : '{secret}', 'AUTHENTICATE')
      const response = readSaslResponse(line)
      if (!(response instanceof Uint8Array)) {
        if (line === '*') {
          facts.auth(under.mechanism, 'cancelled')
          this.#log.aborted()
        } else {
          this.#log.notBase64(line)
        }
        chart('not-authenticated')
        return transcript.tagged(tag, response, '')
      }
      step =
        step.kind === 'ok' ? { kind: 'ok', username: step.username } : await under.exchange.next(response)
    }
  }

  async #proven(tag: string, mechanism: string, step: SaslStep): Promise<void> {
    const { facts, transcript, machine, settings } = this.#parts
    if (step.kind === 'challenge') throw new Error(`${mechanism}: a challenge where a verdict was due`)
    facts.auth(mechanism, step)
    this.#log.ended(step)
    if (step.kind === 'failed') {
      this.#parts.step('not-authenticated')
      const delay = settings.time('auth_failure_delay')
      if (delay > 0) await machine.clock.sleep(delay)
      return transcript.tagged(tag, saslRefusal(step, machine), '')
    }
    await this.#open(tag, step.username)
  }

  async #open(tag: string, user: string): Promise<void> {
    const { stores, settings, machine, facts, transcript, shared } = this.#parts
    this.#ended = true
    const pid = await this.#begin(tag, user)
    if (pid === null) {
      this.#parts.step('not-authenticated')
      return
    }
    let account: Account
    const log = new UserLog(machine, settings, { service: 'imap', user, pid, session: this.#log.id })
    this.sessionLog = new SessionLog(log, this.#parts, this.#log.id)
    try {
      const store = await stores.of(user, 'login')
      account = new Account({ machine, session: facts.session, user, store, settings, shared, log })
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
      log.write('error', error.message)
      const list = sessionCapabilities(settings, new Names(settings, { separator: '/' }))
      await transcript.tagged(tag, ok('Logged in', `CAPABILITY ${list}`), '')
      this.#parts.step('not-authenticated')
      return this.#hangUp(internalError, error.message)
    }
    this.#parts.step('authenticated')
    const list = sessionCapabilities(settings, account.names)
    if (this.#askedCapabilities) await transcript.send(`* CAPABILITY ${list}\r\n`)
    await transcript.tagged(
      tag,
      ok('Logged in', this.#askedCapabilities ? undefined : `CAPABILITY ${list}`),
      '',
    )
    this.#account = account
  }

  /** The process that serves who has proven who they are; null: there is none for them. */
  async #begin(tag: string, user: string): Promise<number | null> {
    const { machine, stores, transcript, shared, wire, settings } = this.#parts
    const full = shared.places.take(wire, user, settings)
    if (full !== null) {
      this.#log.turnedAway(full)
      await transcript.tagged(tag, no(full, 'LIMIT'), '')
      this.closing = full
      return null
    }
    let known: MailUser | null
    try {
      known = await stores.user(user, 'login')
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
      const prefix = `imap(${this.#log.loggedIn(user)})`
      machine.emit({ type: 'daemon.logged', daemon: 'imap', level: 'error', text: error.message, prefix })
      await transcript.tagged(tag, ok('Logged in, but initialization failed.'), '')
      await this.#hangUp(internalError, error.message)
      return null
    }
    if (known !== null) return this.#log.loggedIn(user)
    this.#log.loginFailed(user)
    this.closing = 'Internal login failure'
    return null
  }

  async #line(): Promise<string | null> {
    const line = await this.#parts.wire.line(longestLine, timeout)
    switch (line.kind) {
      case 'line':
        return line.text
      case 'end':
        this.closing = 'Connection closed'
        return null
      case 'timeout':
        await this.#hangUp('Disconnected for inactivity.', 'Inactivity')
        return null
      case 'too-long':
        await this.#hangUp('Input buffer full, aborting', 'Input buffer full')
        return null
      default:
        return line satisfies never
    }
  }

  async #literals(first: string): Promise<string | null> {
    const { wire, transcript } = this.#parts
    let text = first
    for (let start = literalAtEnd(text); start !== null;) {
      if (start.size >= longestLine) {
        await this.#hangUp('Literal size too large')
        return null
      }
      if (start.waits === 'for-continuation') {
        await transcript.send('+ OK\r\n')
        transcript.tell('answer')
      }
      const bytes = await wire.bytes(start.size, timeout)
      const line = bytes.kind === 'bytes' ? await this.#line() : null
      if (bytes.kind !== 'bytes' || line === null) {
        this.closing ??= 'Connection closed'
        return null
      }
      text = `${text}\r\n${Buffer.from(bytes.bytes).toString('latin1')}${line}`
      start = literalAtEnd(line)
    }
    return text
  }

  async #badCommand(tag: string): Promise<void> {
    if (++this.#bad > badCommandsAllowed) {
      return this.#hangUp('Too many invalid IMAP commands.', 'Too many invalid commands')
    }
    await this.#parts.transcript.tagged(tag, badCommand, '')
  }

  async #hangUp(said: string, reason = said): Promise<void> {
    this.closing = reason
    await this.#parts.transcript.unasked(`* BYE ${said}`)
  }

  #world() {
    const { wire, settings, sasl, tlsContext, facts } = this.#parts
    return {
      wire,
      settings,
      sasl,
      tlsPossible: tlsContext !== null,
      context: {
        service: 'imap',
        tls: wire.secure,
        client: wire.remote.address,
        local: wire.local.address,
        session: facts.session,
        id: this.#log.id,
      },
    } as const
  }
}

/** Passwords and proofs never reach the trace. */
function masked(name: string, args: string): string {
  if (name === 'LOGIN') return args.trim() === '' ? name : `${name} {secret}`
  return name === 'AUTHENTICATE' ? `${name}${args.replace(/^( +\S+ +).*$/s, '$1{secret}')}` : `${name}${args}`
}
