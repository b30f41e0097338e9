/**
 * One SMTP session, as a loop: read a line, ask the chart whether it may come now, let its handler decide, write the
 * reply, step the chart, state the facts. The chart's state says what the next bytes mean.
 *
 * smtpd(8).
 * Next: engine/mta/smtpd/commands/rcpt.ts
 */
import { initialTransition, transition } from 'xstate'
import { SettingError } from '#config/settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { Cleanup } from '#mta/handover.ts'
import type { Postfix } from '#mta/postfix.ts'
import { latin1Of, strictTextOf, textOf } from '#protocol/bytes/text.ts'
import { accepts, stateName } from '#protocol/chart.ts'
import { parseCommand, readLine } from '#protocol/smtp/parse.ts'
import type { Line } from '#protocol/smtp/parse.ts'
import type { Bdat } from '#protocol/smtp/commands/bdat.ts'
import type { Command, Verb } from '#protocol/smtp/commands/index.ts'
import type { Limits } from '#protocol/smtp/grammar.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import { smtpSession } from '#protocol/smtp/session.machine.ts'
import type { SmtpSessionSnapshot, SmtpSessionStep } from '#protocol/smtp/session.machine.ts'
import type { SaslContext, SaslServer } from '#protocol/sasl/mechanism.ts'
import type { Activity, Anvil } from './anvil.ts'
import { namaddr } from './client.ts'
import { afterChunk, afterRefusedChunk, beforeChunk } from './commands/bdat.ts'
import { answer, responseTooLong } from './commands/auth.ts'
import { beforeTls, beforeWords, handlers, isHandled, junk, lastInGroup } from './commands/index.ts'
import { endOfData } from './commands/message.ts'
import { forgetClient } from './conversation.ts'
import type { Conversation } from './conversation.ts'
import { filterCommand } from './command-filter.ts'
import { Ended } from './ended.ts'
import type { Handler, Outcome, SmtpdSession } from './handler.ts'
import { shakeHands } from './handshake.ts'
import { countActivity, countConnection } from './limits.ts'
import type { Counted } from './limits.ts'
import { hasWord } from './lists.ts'
import { maskAuth, masked } from './mask.ts'
import { outOfOrder } from './order.ts'
import { Patience } from './patience.ts'
import { permitted } from './policy.ts'
import type { Answer, Policy, Question } from './policy.ts'
import type { SmtpdSettings } from './settings.ts'
import { Reader } from './reader.ts'
import { Speaker } from './speaker.ts'
import { Statistics } from './statistics.ts'
import { trustOf } from './trust.ts'
import type { Trust } from './trust.ts'
import type { SmtpWire } from './wire.ts'

export type SessionParts = {
  readonly id: string
  readonly machine: Machine
  readonly postfix: Postfix
  readonly settings: SmtpdSettings
  readonly wire: SmtpWire
  readonly cleanup: Cleanup
  readonly sasl: SaslServer | null
  readonly anvil: Anvil
  readonly policy: Policy
  readonly flush: (site: string) => Promise<void>
  readonly service: string
  readonly port: number
  readonly now: Conversation
  readonly discards: ReadonlySet<string>
  readonly trusted: Trust
}

/** So much of a message is shown in the trace at once. */
const headLimit = 4096

type Words = Extract<Line, { kind: 'command' }>['words']

export class Session implements SmtpdSession {
  readonly id: string
  readonly machine: Machine
  readonly postfix: Postfix
  readonly settings: SmtpdSettings
  readonly cleanup: Cleanup
  readonly sasl: SaslServer | null
  readonly service: string
  readonly port: number
  readonly discards: ReadonlySet<string>
  readonly #parts: SessionParts
  readonly #wire: SmtpWire
  readonly #statistics = new Statistics()
  readonly #patience: Patience
  readonly #speaker: Speaker
  readonly #reader: Reader
  #trusted: Trust
  #limits: Limits
  #now: Conversation
  #chart: SmtpSessionSnapshot
  #state: string
  /** What the log calls the moment: the last verb, CONNECT, UNKNOWN, END-OF-MESSAGE. */
  #where = 'CONNECT'
  #denied: Reply | null = null
  #flaggedPipelining = false
  #hidesUnknown = false

  constructor(parts: SessionParts) {
    const { settings, trusted, discards } = parts
    this.#parts = parts
    this.id = parts.id
    this.machine = parts.machine
    this.postfix = parts.postfix
    this.settings = settings
    this.cleanup = parts.cleanup
    this.sasl = parts.sasl
    this.service = parts.service
    this.port = parts.port
    this.discards = discards
    this.#trusted = trusted
    this.#wire = parts.wire
    this.#patience = new Patience(settings.errors)
    this.#speaker = new Speaker(parts, this.#patience)
    this.#reader = new Reader(parts.wire, settings, (arrival) => this.#silence(arrival))
    this.#now = parts.now
    this.#limits = limitsOf(settings, discards, trusted)
    const greeting = settings.heloRequired === 'yes' ? 'required' : 'optional'
    ;[this.#chart] = initialTransition(smtpSession, { protocol: 'smtp', greeting })
    this.#state = stateName(this.#chart)
  }

  get now(): Conversation {
    return this.#now
  }

  get trusted(): Trust {
    return this.#trusted
  }

  get state(): string {
    return this.#state
  }

  /** Whether more has arrived than was asked for. */
  get pipelined(): boolean {
    return this.#wire.input.waiting > 0
  }

  get saslContext(): SaslContext {
    const { client, tls } = this.#now
    return {
      service: 'smtp',
      tls: tls !== null,
      client: client.address,
      local: this.settings.myhostname,
      session: this.id,
    }
  }

  ask(question: Question): Promise<Answer> {
    return this.#parts.policy.ask(question, this.#now, this.#where)
  }

  flush(site: string): Promise<void> {
    return this.#parts.flush(site)
  }

  limit(activity: Exclude<Activity, 'connection'>): Reply | null {
    if (this.#trusted.unlimited) return null
    const tooMuch = countActivity(activity, this.#counted)
    if (tooMuch) this.log('warning', tooMuch.log)
    return tooMuch?.reply ?? null
  }

  log(level: 'info' | 'warning', text: string): void {
    this.machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level, text })
  }

  /** From the greeting to the goodbye. Never rejects. */
  async run(): Promise<void> {
    let reason = 'QUIT'
    try {
      await this.#open()
      while (this.#state !== 'closed') await this.#next()
    } catch (error) {
      reason = await this.#fail(error)
    }
    this.#wire.hangUp()
    this.machine.emit({ type: 'smtpd.closed', session: this.id, reason })
    this.log('info', `disconnect from ${namaddr(this.#now.client)} ${this.#statistics.summary()}`)
  }

  // The beginning

  async #open(): Promise<void> {
    const { settings } = this
    if (settings.tls.wrapper === 'yes') {
      if (this.limit('tls')) throw new Ended('too many TLS sessions')
      await this.#startTls('smtps')
    }
    const crowd = this.#trusted.unlimited ? null : countConnection(this.#counted)
    if (crowd) {
      this.log('warning', crowd.log)
      await this.#speaker.announce(crowd.reply, this.#now)
    }
    const { refusal } = settings.delayReject === 'no' ? await this.ask({ stage: 'client' }) : permitted
    this.#denied = refusal
    await this.#speaker.announce(refusal ?? reply(220, null, settings.banner, 'RFC 5321 §4.2'), this.#now)
    if (refusal) this.#patience.error()
  }

  get #counted(): Counted {
    const { settings, service } = this
    return { anvil: this.#parts.anvil, settings, service, client: this.#now.client }
  }

  // The loop

  async #next(): Promise<void> {
    switch (this.#state) {
      case 'data':
        return this.#readMessage()
      case 'auth':
        return this.#readSaslAnswer()
      case 'tls':
        return this.#startTls('STARTTLS')
      default:
        return this.#readCommand()
    }
  }

  async #readCommand(): Promise<void> {
    if (this.#patience.isOver) {
      const goodbye = reply(421, '4.7.0', `${this.settings.myhostname} Error: too many errors`)
      await this.#speaker.lastWord(goodbye, this.#now)
      throw new Ended(`too many errors after ${this.#where}`)
    }
    const { bytes } = await this.#reader.line(this.settings.lineLimit)
    const text = this.settings.smtputf8 === 'yes' ? strictTextOf(bytes) : textOf(bytes)
    if (text === null) {
      await this.#refuse(textOf(bytes), reply(500, '5.5.2', 'Error: bad UTF-8 syntax'))
      return
    }
    const typed = text.split('\0', 1)[0] ?? ''
    const line = await this.#filtered(typed)
    const read = readLine(line)
    if (read.kind === 'empty') {
      await this.#refuse(typed, reply(500, '5.5.2', 'Error: bad syntax'))
      return
    }
    const word = read.kind === 'unknown' ? read.word : read.verb
    if (await hasWord(this.postfix, this.settings.noopCommands, word)) {
      this.#emitCommand(typed, word)
      await this.#say(reply(250, '2.0.0', 'Ok'))
      this.#patience.junkCommand()
      return
    }
    if (read.kind === 'command' && isHandled(read.verb)) await this.#command(typed, read.verb, read.words)
    else await this.#unknown(typed, word)
  }

  async #command(typed: string, verb: Verb, words: Words): Promise<void> {
    this.#hidesUnknown = verb === 'AUTH'
    this.#emitCommand(verb === 'AUTH' ? maskAuth(typed) : typed, verb)
    if (await this.#isDenied(verb)) return
    const { tls } = this.settings
    if (tls.level === 'encrypt' && this.#now.tls === null && !beforeTls.has(verb)) {
      await this.#say(reply(530, '5.7.0', 'Must issue a STARTTLS command first', 'RFC 3207 §4'))
      this.#patience.error()
      return
    }
    this.#flagPipelining(verb)
    this.#where = verb
    const outcome = await this.#decide(verb, words)
    await this.#finish(verb, outcome)
    if (verb === 'BDAT' && this.#where === 'END-OF-MESSAGE') return
    if (junk.has(verb)) this.#patience.junkCommand()
  }

  /** The chart first, then what the words say, then the handler. */
  async #decide(verb: Verb, words: Words): Promise<Outcome> {
    if (verb === 'BDAT') return this.#bdat(words)
    const mayCome = accepts(this.#chart, { type: verb })
    const ungreeted = this.settings.heloRequired === 'yes' && this.#now.helo === null
    if (!mayCome && (verb !== 'AUTH' || ungreeted)) return { reply: outOfOrder(verb, this.#state, this.#now) }
    const early = beforeWords[verb]?.(this)
    if (early) return early
    const command = this.#parse(verb, words)
    if ('reply' in command) return command
    // Each handler takes its own verb's command; parseCommand has made one of this verb.
    const handler = handlers[command.verb as keyof typeof handlers] as Handler<Command>
    return handler(command, this)
  }

  #parse(verb: Verb, words: Words): Command | Outcome {
    const parsed = parseCommand(verb, words, this.#limits)
    if (parsed.ok) return parsed.command
    if (parsed.illegalAddress !== undefined) {
      const what = parsed.illegalAddress.replace(/\p{Cc}/gu, '?')
      this.log(
        'warning',
        `Illegal address syntax from ${namaddr(this.#now.client)} in ${verb} command: ${what}`,
      )
    }
    return { reply: parsed.reply }
  }

  async #unknown(typed: string, word: string): Promise<void> {
    this.#emitCommand(this.#hidesUnknown ? masked : typed, 'UNKNOWN')
    this.#where = 'UNKNOWN'
    if (isHeader(word) || (await hasWord(this.postfix, this.settings.forbiddenCommands, word))) {
      this.log('warning', `non-SMTP command from ${namaddr(this.#now.client)}: ${typed.slice(0, 100)}`)
      this.#statistics.count('UNKNOWN', 'failure')
      await this.#say(reply(221, '2.7.0', 'Error: I can break rules, too. Goodbye.'))
      throw new Ended('non-SMTP command')
    }
    if (await this.#isDenied('HELP')) return
    this.#statistics.count('UNKNOWN', 'failure')
    await this.#say(reply(500, '5.5.2', 'Error: command not recognized', 'RFC 5321 §4.2.4'))
    this.#patience.error()
  }

  /** A client that was refused at the connection may only quit. */
  async #isDenied(verb: Verb): Promise<boolean> {
    if (this.#denied === null || verb === 'QUIT') return false
    const hangsUp = this.#denied.code % 100 === 21
    await this.#say(
      hangsUp
        ? this.#denied
        : reply(503, '5.7.0', `Error: access denied for ${namaddr(this.#now.client)}`, 'RFC 5321 §3.1'),
    )
    if (!hangsUp) this.#patience.error()
    return true
  }

  // Bytes that are no commands

  async #readMessage(): Promise<void> {
    const { message } = this.#now
    if (message === null) throw new Error('data without a message')
    await this.#reader.message(message)
    this.#emitData(message.content, message.size)
    const outcome = await endOfData(this, '')
    await this.#finish('', outcome)
    this.#afterMessage(outcome)
  }

  #afterMessage(outcome: Outcome): void {
    this.#where = 'END-OF-MESSAGE'
    // Whoever brings a good letter is forgiven.
    if (outcome.reply.code >= 400) return
    this.#patience.forgive()
  }

  async #bdat(words: Words): Promise<Outcome> {
    const early = beforeWords.BDAT?.(this)
    if (early) return early
    const parsed = this.#parse('BDAT', words)
    if ('reply' in parsed) return parsed
    const command = parsed as Bdat
    const before = await beforeChunk(command, this)
    if (before.kind === 'refused') {
      await this.#reader.bytes(command.size, () => undefined)
      return afterRefusedChunk(command, before.reply)
    }
    this.#now = { ...this.#now, ...before.change }
    this.#step({ type: 'BDAT' })
    const { message } = this.#now
    if (message === null) throw new Error('a chunk without a message')
    await this.#reader.bytes(command.size, (bytes) => {
      message.chunk(bytes)
    })
    if (command.last === 'yes') {
      message.endChunks()
      this.#emitData(message.content, message.size)
    }
    const outcome = await afterChunk(command, this)
    if (command.last === 'yes') this.#afterMessage(outcome)
    return outcome
  }

  async #readSaslAnswer(): Promise<void> {
    const { exchange } = this.#now
    if (exchange === null) throw new Error('a SASL answer without a question')
    const { bytes, end } = await this.#reader.line(this.settings.saslLineLimit)
    const text = latin1Of(bytes)
    this.#emitCommand(text === '*' ? text : masked, 'AUTH')
    const outcome = end === 'cut' ? responseTooLong(exchange) : await answer(text, exchange, this)
    await this.#finish('', outcome)
    if (outcome.reply.code === 334) return
    const good = outcome.reply.code === 235
    this.#statistics.count('AUTH', good ? 'success' : 'failure')
    if (!good) this.#patience.error()
  }

  async #startTls(how: 'STARTTLS' | 'smtps'): Promise<void> {
    const { machine, id: session } = this
    const shaken = await shakeHands(machine, this.#wire, this.settings, namaddr(this.#now.client))
    if (shaken.kind === 'failed') {
      const { level, reason, text } = shaken
      this.log(level, text)
      const none = { version: '', cipher: '', bits: 0 }
      machine.emit({ type: 'smtpd.tls', session, ...none, outcome: 'failed', reason })
      throw new Ended(`lost connection after ${this.#where}`)
    }
    const { version, cipher, bits } = shaken.facts
    machine.emit({ type: 'smtpd.tls', session, version, cipher, bits, outcome: 'established' })
    this.#now = { ...this.#now, ...forgetClient, tls: shaken.facts }
    if (how === 'STARTTLS') this.#step({ type: 'tls-established' })
  }

  // Outcomes

  async #silence(arrival: 'lost' | 'timeout'): Promise<never> {
    const { message } = this.#now
    const after = `after ${this.#where}${message === null ? '' : ` (${message.size} bytes)`}`
    if (arrival === 'lost') throw new Ended(`lost connection ${after}`)
    const goodbye = reply(421, '4.4.2', `${this.settings.myhostname} Error: timeout exceeded`)
    await this.#speaker.lastWord(goodbye, this.#now)
    throw new Ended(`timeout ${after}`)
  }

  /** Writes what the handler decided, then makes it true. */
  async #finish(verb: Verb | '', outcome: Outcome): Promise<void> {
    const { auth, change, steps } = outcome
    if (auth) {
      const { mechanism, user, outcome: result, reason } = auth
      this.machine.emit({
        type: 'smtpd.auth',
        session: this.id,
        mechanism,
        user,
        outcome: result,
        ...(reason === undefined ? {} : { reason }),
      })
    }
    const before = this.#now
    const failed = outcome.reply.code >= 400 && outcome.error !== 'not counted'
    if (verb !== '' && !(verb === 'AUTH' && outcome.reply.code === 334)) {
      this.#statistics.count(verb, outcome.reply.code >= 400 ? 'failure' : 'success')
    }
    await this.#say(outcome.reply)
    if (failed && verb !== '') this.#patience.error()
    if (change) this.#now = { ...this.#now, ...change }
    for (const step of steps ?? []) this.#step(step)
    if (change?.client) await this.#meet(change.client)
    const { transaction } = this.#now
    if (transaction !== null && before.transaction === null) {
      this.machine.emit({ type: 'smtpd.transaction', session: this.id, sender: transaction.sender })
    }
  }

  /** XCLIENT brought another client, who may do other things; what a neighbour may forward stays his. */
  async #meet(client: Conversation['client']): Promise<void> {
    const { xforward } = this.#trusted
    this.#trusted = { ...(await trustOf(this.postfix, this.settings, client)), xforward }
    this.#limits = limitsOf(this.settings, this.discards, this.#trusted)
  }

  async #refuse(typed: string, answer: Reply): Promise<void> {
    this.#emitCommand(this.#hidesUnknown ? masked : typed, '')
    await this.#say(answer)
    this.#patience.error()
  }

  async #filtered(line: string): Promise<string> {
    const { commandFilter, myhostname } = this.settings
    if (commandFilter === '') return line
    const filtered = await filterCommand(line, commandFilter, this.postfix)
    if (filtered.kind === 'kept') return line
    if (filtered.kind === 'unavailable') {
      this.log('warning', filtered.log)
      await this.#say(reply(421, '4.3.0', `${myhostname} Server local data error`))
      return line
    }
    this.log('info', `${namaddr(this.#now.client)}: ${filtered.log}`)
    return filtered.line
  }

  #say(answer: Reply): Promise<void> {
    return this.#speaker.say(answer, this.#now)
  }

  // Facts

  #step(step: SmtpSessionStep): void {
    const before = this.#state
    ;[this.#chart] = transition(smtpSession, this.#chart, step)
    this.#state = stateName(this.#chart)
    if (this.#state === before) return
    this.machine.emit({ type: 'smtpd.state', session: this.id, from: before, to: this.#state })
  }

  #emitCommand(line: string, verb: string): void {
    this.machine.emit({ type: 'smtpd.command', session: this.id, line, verb })
  }

  #emitData(content: Uint8Array, size: number): void {
    const head = latin1Of(content.subarray(0, headLimit))
    this.machine.emit({ type: 'smtpd.data', session: this.id, size, head })
  }

  #flagPipelining(verb: Verb): void {
    if (this.#flaggedPipelining || !lastInGroup.has(verb) || !this.pipelined) return
    this.#flaggedPipelining = true
    const waiting = latin1Of(this.#wire.input.peek(100)).replace(/\r/g, '\\r').replace(/\n/g, '\\n')
    this.log(
      'info',
      `improper command pipelining after ${verb} from ${namaddr(this.#now.client)}: ${waiting}`,
    )
  }

  async #fail(error: unknown): Promise<string> {
    if (error instanceof Ended) {
      if (/^(lost connection|timeout|too many errors) after/.test(error.message)) {
        this.log('info', `${error.message} from ${namaddr(this.#now.client)}`)
      }
      return error.message
    }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (error instanceof SettingError) {
      this.machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'fatal', text: error.message })
    } else {
      this.machine.emit({ type: 'engine.fault', where: 'smtpd', message })
    }
    this.#wire.write(`421 4.3.0 ${this.settings.myhostname} Server local data error\r\n`)
    await this.#wire.flush(this.settings.timeout)
    return 'internal error'
  }
}

const limitsOf = (settings: SmtpdSettings, discards: ReadonlySet<string>, trusted: Trust): Limits => ({
  strictEnvelopes: settings.strictEnvelopes,
  smtputf8: settings.smtputf8 === 'yes' && !discards.has('smtputf8') ? 'yes' : 'no',
  dsn: discards.has('dsn') ? 'no' : 'yes',
  verp: trusted.verp ? settings.verp : null,
})

/** `Subject:` as a command: a web page or a worm, talking past us. */
const isHeader = (word: string) => /^[!-9;-~]+:/.test(word)
