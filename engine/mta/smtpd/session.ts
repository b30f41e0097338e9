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
import { reply, writeReply } from '#protocol/smtp/reply.ts'
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
import { ChunkLines } from './chunk-lines.ts'
import { forgetClient } from './conversation.ts'
import type { Conversation } from './conversation.ts'
import { withFooter } from './footer.ts'
import type { Handler, Outcome, SmtpdSession } from './handler.ts'
import type { Record } from './input.ts'
import { hasWord } from './lists.ts'
import { outOfOrder } from './order.ts'
import { permitted } from './policy.ts'
import type { Answer, Policy, Question } from './policy.ts'
import type { SmtpdSettings } from './settings.ts'
import { Statistics } from './statistics.ts'
import { tlsFacts } from './tls.ts'
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

const headLimit = 4096
/** Signals that the session is over, for the reason given. */
class Ended extends Error {}

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
  #trusted: Trust
  #limits: Limits
  #now: Conversation
  #chart: SmtpSessionSnapshot
  #state: string
  /** What the log calls the moment: the last verb, CONNECT, UNKNOWN, END-OF-MESSAGE. */
  #where = 'CONNECT'
  #errors = 0
  #junkCommands = 0
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
    const { limits } = this.settings
    const allowed = limits[activity]
    if (this.#trusted.unlimited) return null
    const { address } = this.#now.client
    const rate = this.#parts.anvil.rate(activity, this.service, address, limits.unit)
    if (allowed <= 0 || rate <= allowed) return null
    const { text, code, status, log } = tooMany[activity]
    this.log('warning', `${log}: ${rate} from ${namaddr(this.#now.client)} for service ${this.service}`)
    return reply(code, status, `Error: ${text} from ${address}`)
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
    if (!this.#trusted.unlimited) await this.#refuseCrowd()
    const { refusal } = settings.delayReject === 'no' ? await this.ask({ stage: 'client' }) : permitted
    if (refusal === null) {
      await this.#speak(reply(220, null, settings.banner, 'RFC 5321 §4.2'), 'unasked')
      return
    }
    this.#denied = refusal
    await this.#speak(refusal, 'unasked')
    this.#errors++
  }

  async #refuseCrowd(): Promise<void> {
    const { limits, myhostname } = this.settings
    const { address } = this.#now.client
    const { count, rate } = this.#parts.anvil.connect(this.service, address, limits.unit)
    const who = `from ${namaddr(this.#now.client)} for service ${this.service}`
    const crowd = limits.connections > 0 && count > limits.connections
    const rush = limits.connection > 0 && rate > limits.connection
    if (!crowd && !rush) return
    this.log(
      'warning',
      crowd
        ? `Connection concurrency limit exceeded: ${count} ${who}`
        : `Connection rate limit exceeded: ${rate} ${who}`,
    )
    await this.#speak(
      reply(421, '4.7.0', `${myhostname} Error: too many connections from ${address}`),
      'unasked',
    )
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
    const { errors, myhostname } = this.settings
    if (this.#errors >= errors.hard) {
      await this.#speak(reply(421, '4.7.0', `${myhostname} Error: too many errors`), 'unasked')
      throw new Ended(`too many errors after ${this.#where}`)
    }
    const { bytes } = await this.#readLine(this.settings.lineLimit)
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
      await this.#speak(reply(250, '2.0.0', 'Ok'))
      this.#countJunk()
      return
    }
    if (read.kind === 'command' && isHandled(read.verb)) await this.#command(typed, read.verb, read.words)
    else await this.#unknown(typed, word)
  }

  async #command(
    typed: string,
    verb: Verb,
    words: Extract<Line, { kind: 'command' }>['words'],
  ): Promise<void> {
    this.#hidesUnknown = verb === 'AUTH'
    this.#emitCommand(verb === 'AUTH' ? maskAuth(typed) : typed, verb)
    if (await this.#isDenied(verb)) return
    const { tls } = this.settings
    if (tls.level === 'encrypt' && this.#now.tls === null && !beforeTls.has(verb)) {
      await this.#speak(reply(530, '5.7.0', 'Must issue a STARTTLS command first', 'RFC 3207 §4'))
      this.#errors++
      return
    }
    this.#flagPipelining(verb)
    this.#where = verb
    const outcome = await this.#decide(verb, words)
    await this.#finish(verb, outcome)
    if (verb === 'BDAT' && this.#where === 'END-OF-MESSAGE') return
    if (junk.has(verb)) this.#countJunk()
  }

  /** The chart first, then what the words say, then the handler. */
  async #decide(verb: Verb, words: Extract<Line, { kind: 'command' }>['words']): Promise<Outcome> {
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

  #parse(verb: Verb, words: Extract<Line, { kind: 'command' }>['words']): Command | Outcome {
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
      await this.#speak(reply(221, '2.7.0', 'Error: I can break rules, too. Goodbye.'))
      throw new Ended('non-SMTP command')
    }
    if (await this.#isDenied('HELP')) return
    this.#statistics.count('UNKNOWN', 'failure')
    await this.#speak(reply(500, '5.5.2', 'Error: command not recognized', 'RFC 5321 §4.2.4'))
    this.#errors++
  }

  /** A client that was refused at the connection may only quit. */
  async #isDenied(verb: Verb): Promise<boolean> {
    if (this.#denied === null || verb === 'QUIT') return false
    const hangsUp = this.#denied.code % 100 === 21
    await this.#speak(
      hangsUp
        ? this.#denied
        : reply(503, '5.7.0', `Error: access denied for ${namaddr(this.#now.client)}`, 'RFC 5321 §3.1'),
    )
    if (!hangsUp) this.#errors++
    return true
  }

  // Bytes that are no commands

  async #readMessage(): Promise<void> {
    const { message } = this.#now
    if (message === null) throw new Error('data without a message')
    for (;;) {
      const record = this.#wire.input.record(this.settings.lineLimit)
      if (record === null) await this.#more()
      else if (message.line(record) === 'end') break
    }
    this.#emitData(message.content, message.size)
    const outcome = await endOfData(this, '')
    await this.#finish('', outcome)
    this.#afterMessage(outcome)
  }

  #afterMessage(outcome: Outcome): void {
    this.#where = 'END-OF-MESSAGE'
    // Whoever brings a good letter is forgiven.
    if (outcome.reply.code >= 400) return
    this.#errors = 0
    this.#junkCommands = 0
  }

  async #bdat(words: Extract<Line, { kind: 'command' }>['words']): Promise<Outcome> {
    const early = beforeWords.BDAT?.(this)
    if (early) return early
    const parsed = this.#parse('BDAT', words)
    if ('reply' in parsed) return parsed
    const command = parsed as Bdat
    const before = await beforeChunk(command, this)
    if (before.kind === 'refused') {
      await this.#takeChunk(command.size, () => undefined, command.last)
      return afterRefusedChunk(command, before.reply)
    }
    this.#now = { ...this.#now, ...before.change }
    this.#step({ type: 'BDAT' })
    const { message } = this.#now
    await this.#takeChunk(
      command.size,
      (record) => {
        message?.record(record)
      },
      command.last,
    )
    if (message !== null && command.last === 'yes') this.#emitData(message.content, message.size)
    const outcome = await afterChunk(command, this)
    if (command.last === 'yes') this.#afterMessage(outcome)
    return outcome
  }

  /** Lines may go on from one chunk into the next; the last chunk's last line ends with it. */
  async #takeChunk(size: number, keep: (record: Record) => void, last: 'yes' | 'no'): Promise<void> {
    let left = size
    while (left > 0) {
      const bytes = this.#wire.input.bytes(left)
      if (bytes.length === 0) await this.#more()
      else {
        left -= bytes.length
        this.#chunks.push(bytes, keep)
      }
    }
    if (last === 'yes') this.#chunks.end(keep)
  }

  readonly #chunks = new ChunkLines(() => this.settings.lineLimit)

  async #readSaslAnswer(): Promise<void> {
    const { exchange } = this.#now
    if (exchange === null) throw new Error('a SASL answer without a question')
    const { bytes, end } = await this.#readLine(this.settings.saslLineLimit)
    const text = latin1Of(bytes)
    this.#emitCommand(text === '*' ? text : masked, 'AUTH')
    const outcome = end === 'cut' ? responseTooLong(exchange) : await answer(text, exchange, this)
    await this.#finish('', outcome)
    if (outcome.reply.code >= 400) this.#errors++
    else if (outcome.reply.code === 235) this.#statistics.count('AUTH', 'success')
    if (outcome.reply.code >= 400) this.#statistics.count('AUTH', 'failure')
  }

  async #startTls(how: 'STARTTLS' | 'smtps'): Promise<void> {
    const { tls } = this.settings
    let context
    try {
      context = await this.machine.secureContext({ certificate: tls.certificate, key: tls.key })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.log('warning', `cannot get RSA private key from file ${tls.key}: ${why}`)
      throw new Ended(`lost connection after ${this.#where}`)
    }
    const result = await this.#wire.startTls(context, tls.startTimeout)
    if (result.kind === 'failed') {
      this.log('info', `SSL_accept error from ${namaddr(this.#now.client)}: ${result.reason}`)
      const unknown = { version: '', cipher: '', bits: 0 }
      this.machine.emit({
        type: 'smtpd.tls',
        session: this.id,
        ...unknown,
        outcome: 'failed',
        reason: result.reason,
      })
      throw new Ended(`lost connection after ${this.#where}`)
    }
    const facts = tlsFacts(result.socket)
    const { version, cipher, bits } = facts
    this.machine.emit({ type: 'smtpd.tls', session: this.id, version, cipher, bits, outcome: 'established' })
    this.#now = { ...this.#now, ...forgetClient, tls: facts }
    if (how === 'STARTTLS') this.#step({ type: 'tls-established' })
  }

  // Reading and writing

  /** A whole line; of a longer one the beginning, and the rest is skipped. */
  async #readLine(limit: number): Promise<Record> {
    let first: Record | null = null
    for (;;) {
      const record = this.#wire.input.record(limit)
      if (record === null) {
        await this.#more()
        continue
      }
      if (first === null && record.end !== 'cut') return record
      first ??= { bytes: record.bytes.slice(), end: 'cut' }
      if (record.end !== 'cut') return first
    }
  }

  async #more(): Promise<void> {
    const arrival = await this.#wire.more(this.settings.timeout)
    if (arrival === 'bytes') return
    const { message } = this.#now
    const bytes = message === null ? '' : ` (${message.size} bytes)`
    if (arrival === 'timeout') {
      await this.#speak(
        reply(421, '4.4.2', `${this.settings.myhostname} Error: timeout exceeded`),
        'unasked',
        'stay',
      )
      throw new Ended(`timeout after ${this.#where}${bytes}`)
    }
    throw new Ended(`lost connection after ${this.#where}${bytes}`)
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
    await this.#speak(outcome.reply)
    if (failed && verb !== '') this.#errors++
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

  async #speak(answer: Reply, unasked?: 'unasked', after: 'hang up' | 'stay' = 'hang up'): Promise<void> {
    const { errors, softBounce } = this.settings
    const delayed = this.#errors >= errors.soft && errors.sleep > 0
    if (delayed) {
      await this.#wire.flush(this.settings.timeout)
      await this.machine.clock.sleep(errors.sleep)
    }
    const complete = await this.#dressed(softBounce === 'yes' ? softened(answer) : answer)
    this.#wire.write(writeReply(complete))
    if (delayed) await this.#wire.flush(this.settings.timeout)
    const { code, status, lines, rfc } = complete
    this.machine.emit({
      type: 'smtpd.reply',
      session: this.id,
      reply: { code: String(code), status, lines: [...lines], ...(rfc === undefined ? {} : { rfc }) },
      ...(unasked ? { unasked: true } : {}),
    })
    if (code % 100 === 21 && code > 400 && after === 'hang up') throw new Ended(`${code} sent`)
  }

  async #dressed(answer: Reply): Promise<Reply> {
    const { rejectFooter, rejectFooterMaps } = this.settings
    if (answer.code < 400 || (rejectFooter === '' && rejectFooterMaps.length === 0)) return answer
    return withFooter(answer, this.postfix, this.settings, this.#now)
  }

  async #refuse(typed: string, answer: Reply): Promise<void> {
    this.#emitCommand(this.#hidesUnknown ? masked : typed, '')
    await this.#speak(answer)
    this.#errors++
  }

  async #filtered(line: string): Promise<string> {
    const { commandFilter, myhostname } = this.settings
    if (commandFilter === '') return line
    const found = await this.postfix.tables.open(commandFilter).lookup(line.replace(/^[ \t]+/, ''))
    if (found.outcome === 'absent') return line
    if (found.outcome === 'unavailable') {
      this.log('warning', `${commandFilter}: lookup error for "${line.slice(0, 100)}"`)
      await this.#speak(reply(421, '4.3.0', `${myhostname} Server local data error`))
      return line
    }
    this.log(
      'info',
      `${namaddr(this.#now.client)}: replacing client command "${line.slice(0, 100)}" with "${found.value.slice(0, 100)}"`,
    )
    return found.value
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

  #countJunk(): void {
    if (this.#junkCommands++ > this.settings.errors.junk) this.#errors++
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

const masked = '****'

const limitsOf = (settings: SmtpdSettings, discards: ReadonlySet<string>, trusted: Trust): Limits => ({
  strictEnvelopes: settings.strictEnvelopes,
  smtputf8: settings.smtputf8 === 'yes' && !discards.has('smtputf8') ? 'yes' : 'no',
  dsn: discards.has('dsn') ? 'no' : 'yes',
  verp: trusted.verp ? settings.verp : null,
})

/** The mechanism may be seen; what proves the user may not. */
function maskAuth(line: string): string {
  const [verb = '', mechanism, ...secret] = line.trim().split(/\s+/)
  if (mechanism === undefined) return verb
  return secret.length === 0 ? `${verb} ${mechanism}` : `${verb} ${mechanism} ${masked}`
}

/** `Subject:` as a command: a web page or a worm, talking past us. */
const isHeader = (word: string) => /^[!-9;-~]+:/.test(word)

function softened(answer: Reply): Reply {
  if (answer.code < 500) return answer
  const status = answer.status?.startsWith('5') ? `4${answer.status.slice(1)}` : answer.status
  return { ...answer, code: answer.code - 100, status }
}

const tooMany = {
  message: {
    code: 450,
    status: '4.7.1',
    text: 'too much mail',
    log: 'Message delivery request rate limit exceeded',
  },
  recipient: {
    code: 450,
    status: '4.7.1',
    text: 'too many recipients',
    log: 'Recipient address rate limit exceeded',
  },
  tls: {
    code: 454,
    status: '4.7.0',
    text: 'too many new TLS sessions',
    log: 'New TLS session rate limit exceeded',
  },
  auth: {
    code: 450,
    status: '4.7.1',
    text: 'too many AUTH commands',
    log: 'AUTH command rate limit exceeded',
  },
} as const
