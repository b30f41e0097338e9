/**
 * One SMTP session, as a loop: read a line, ask the chart whether it may come now, let its handler decide, write the
 * reply, step the chart, state the facts. The chart's state says what the next bytes mean.
 *
 * smtpd(8).
 * Next: engine/mta/smtpd/commands/rcpt.ts
 */
import { SettingError } from '#config/settings.ts'
import { isRoutable } from '#mta/rewrite/routable.ts'
import { latin1Of, strictTextOf, textOf } from '#protocol/bytes/text.ts'
import { accepts } from '#protocol/chart.ts'
import type { Bdat } from '#protocol/smtp/commands/bdat.ts'
import type { Command, Verb } from '#protocol/smtp/commands/index.ts'
import { parseCommand, readLine } from '#protocol/smtp/parse.ts'
import type { Line } from '#protocol/smtp/parse.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import { bareNewlines, refuseBareNewline } from './bare-newline.ts'
import { namaddr } from './client.ts'
import { filterCommand } from './command-filter.ts'
import { answer, responseTooLong } from './commands/auth.ts'
import { afterChunk, afterRefusedChunk, beforeChunk } from './commands/bdat.ts'
import { beforeTls, beforeWords, handlers, isHandled, junk, lastInGroup } from './commands/index.ts'
import { endOfData } from './commands/message.ts'
import { forgetClient } from './conversation.ts'
import { Ended } from './ended.ts'
import type { Handler, Outcome } from './handler.ts'
import { refusedCertificate, shakeHands } from './handshake.ts'
import { countConnection } from './limits.ts'
import { hasWord } from './lists.ts'
import { localDataError, refusalLine } from './local-data.ts'
import { escaped, maskAuth, masked, withoutSecret } from './mask.ts'
import { letterOf } from './moments.ts'
import { outOfOrder } from './order.ts'
import { permitted } from './policy.ts'
import { requireMechanisms } from './sasl.ts'
import { SessionState } from './session-state.ts'

type Words = Extract<Line, { kind: 'command' }>['words']

export class Session extends SessionState {
  protected denied: Reply | null = null
  #hidesUnknown = false

  /** From the greeting to the goodbye. Never rejects. */
  async run(): Promise<void> {
    let reason = 'QUIT'
    try {
      await this.#open()
      while (this.place !== 'closed') await this.next()
    } catch (error) {
      reason = await this.#fail(error)
    }
    this.wire.hangUp()
    const [, aborted = null] = /^(lost connection|timeout|too many errors) after/.exec(reason) ?? []
    await this.tell(aborted)
    if (this.chart.status === 'active') this.step({ type: 'hang-up' })
    this.machine.emit({ type: 'smtpd.closed', session: this.id, reason })
    this.log('info', `disconnect from ${namaddr(this.current.client)} ${this.statistics.summary()}`)
  }

  // The beginning

  async #open(): Promise<void> {
    const { settings } = this
    if (settings.tls.wrapper === 'yes') {
      await this.#startTls('smtps')
    }
    await requireMechanisms(this)
    const crowd = this.trust.unlimited ? null : countConnection(this.counted)
    if (crowd) {
      this.log('warning', crowd.log)
      await this.speaker.announce(crowd.reply, this.current)
    }
    this.remember({ kind: 'client' }, null)
    const { refusal } = settings.delayReject === 'no' ? await this.ask({ stage: 'client' }) : permitted
    this.denied = refusal
    const welcome = this.parts.greeting ?? reply(220, null, settings.banner, 'RFC 5321 §4.2')
    await this.speaker.announce(refusal ?? welcome, this.current)
    if (refusal) this.patience.error()
  }

  // The loop

  protected async next(): Promise<void> {
    switch (this.place) {
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
    if (this.patience.isOver) {
      const { myhostname, errors } = this.settings
      const words = reply(421, '4.7.0', `${myhostname} Error: too many errors`)
      const goodbye = because(words, 'smtpd_hard_error_limit', errors.hard)
      this.transcript.trouble('protocol')
      await this.speaker.lastWord(goodbye, this.current)
      throw new Ended(`too many errors after ${this.where}`)
    }
    const { bytes, end } = await this.reader.line(this.settings.lineLimit)
    if (end === 'lf' && (await bareNewlines(this)) === 'reject') {
      await this.say(refuseBareNewline(this, this.where))
      throw new Ended('bare <LF> received')
    }
    const text = this.settings.smtputf8 === 'yes' ? strictTextOf(bytes) : textOf(bytes)
    this.transcript.heard(text ?? textOf(bytes))
    if (text === null) {
      await this.#refuse(textOf(bytes), reply(500, '5.5.2', 'Error: bad UTF-8 syntax'))
      return
    }
    const typed = text.split('\0', 1)[0] ?? ''
    if (!this.#hidesUnknown) this.remember({ kind: 'command', line: withoutSecret(typed) }, this.denied)
    const line = await this.#filtered(typed)
    const read = readLine(line)
    if (read.kind === 'empty') {
      await this.#refuse(typed, reply(500, '5.5.2', 'Error: bad syntax'))
      return
    }
    const word = read.kind === 'unknown' ? read.word : read.verb
    if (await hasWord(this.postfix, this.settings.noopCommands, word)) {
      this.emitCommand(typed, word)
      await this.say(reply(250, '2.0.0', 'Ok'))
      this.patience.junkCommand()
      return
    }
    if (read.kind === 'command' && isHandled(read.verb)) await this.#command(typed, read.verb, read.words)
    else await this.#unknown(typed, word)
  }

  async #command(typed: string, verb: Verb, words: Words): Promise<void> {
    this.#hidesUnknown = verb === 'AUTH'
    this.emitCommand(verb === 'AUTH' ? maskAuth(typed) : typed, verb)
    if (await this.#isDenied(verb)) return
    const { tls } = this.settings
    if (tls.level === 'encrypt' && this.current.tls === null && !beforeTls.has(verb)) {
      const words = reply(530, '5.7.0', 'Must issue a STARTTLS command first', 'RFC 3207 §4')
      await this.say(because(words, 'smtpd_tls_security_level', tls.level))
      this.patience.error()
      return
    }
    await this.#flagPipelining(verb)
    this.where = verb
    const decided = await this.#decide(verb, words)
    const outcome = verb === 'XCLIENT' ? await this.#meetAgain(decided) : decided
    if (begins.has(verb)) await this.#tellLong()
    await this.finish(verb, outcome)
    if (verb === 'BDAT' && this.where === 'END-OF-MESSAGE') return
    if (junk.has(verb)) this.patience.junkCommand()
  }

  /** Whom XCLIENT brings is looked at as if it had just connected. */
  async #meetAgain(outcome: Outcome): Promise<Outcome> {
    const { client } = outcome.change ?? {}
    if (client === undefined) return outcome
    this.current = { ...this.current, ...outcome.change }
    await this.meet(client)
    if (this.settings.delayReject === 'yes') return outcome
    const { refusal } = await this.ask({ stage: 'client' })
    this.denied = refusal
    return refusal ? { ...outcome, reply: refusal } : outcome
  }

  /** The chart first, then what the words say, then the handler. */
  async #decide(verb: Verb, words: Words): Promise<Outcome> {
    if (verb === 'BDAT') return this.#bdat(words)
    const mayCome = accepts(this.chart, { type: verb })
    const ungreeted = this.settings.heloRequired === 'yes' && this.current.helo === null
    if (!mayCome && (verb !== 'AUTH' || ungreeted))
      return {
        reply: outOfOrder(verb, this.place, this.current),
        ...(verb === 'DATA' && this.current.transaction ? { trouble: 'none' } : {}),
      }
    const early = beforeWords[verb]?.(this, words)
    if (early) return early
    const command = await this.#parse(verb, words)
    if ('reply' in command) return command
    // Each handler takes its own verb's command; parseCommand has made one of this verb.
    const handler = handlers[command.verb as keyof typeof handlers] as Handler<Command>
    return handler(command, this)
  }

  async #parse(verb: Verb, words: Words): Promise<Command | Outcome> {
    // What MAIL said about SMTPUTF8 holds for the recipients, too. RFC 6531 §3.4
    const utf8 = this.current.transaction?.parameters.smtputf8
    const limits =
      verb === 'RCPT' && utf8 !== undefined ? { ...this.grammarLimits, smtputf8: utf8 } : this.grammarLimits
    const parsed = parseCommand(verb, words, limits)
    const { address } = parsed
    const sender = this.current.transaction?.sender ?? ''
    if (address !== undefined && !(await isRoutable(address.internal, sender, this.postfix))) {
      this.#logIllegal(address.typed, verb)
      return { reply: address.bad }
    }
    if (parsed.ok) return parsed.command
    if (parsed.illegalAddress !== undefined) this.#logIllegal(parsed.illegalAddress, verb)
    return { reply: parsed.reply }
  }

  #logIllegal(address: string, verb: Verb): void {
    const what = address.replace(/\p{Cc}/gu, '?')
    this.log(
      'warning',
      `Illegal address syntax from ${namaddr(this.current.client)} in ${verb} command: ${what}`,
    )
  }

  async #unknown(typed: string, word: string): Promise<void> {
    this.emitCommand(this.#hidesUnknown ? masked : typed, 'UNKNOWN')
    this.where = 'UNKNOWN'
    if (isHeader(word) || (await hasWord(this.postfix, this.settings.forbiddenCommands, word))) {
      this.log(
        'warning',
        `non-SMTP command from ${namaddr(this.current.client)}: ${escaped(typed.slice(0, 100))}`,
      )
      this.statistics.count('UNKNOWN', 'failure')
      const goodbye = reply(221, '2.7.0', 'Error: I can break rules, too. Goodbye.')
      await this.say(because(goodbye, 'smtpd_forbidden_commands', this.settings.forbiddenCommands.join(' ')))
      throw new Ended('non-SMTP command')
    }
    if (await this.#isDenied('HELP')) return
    this.statistics.count('UNKNOWN', 'failure')
    this.transcript.trouble('protocol')
    await this.say(reply(500, '5.5.2', 'Error: command not recognized', 'RFC 5321 §4.2.4'))
    this.patience.error()
  }

  /** A client that was refused at the connection may only quit. */
  async #isDenied(verb: Verb): Promise<boolean> {
    if (this.denied === null || verb === 'QUIT') return false
    const hangsUp = this.denied.code % 100 === 21
    await this.say(
      hangsUp
        ? this.denied
        : reply(503, '5.7.0', `Error: access denied for ${namaddr(this.current.client)}`, 'RFC 5321 §3.1'),
    )
    if (!hangsUp) this.patience.error()
    return true
  }

  // Bytes that are no commands

  async #readMessage(): Promise<void> {
    const { message } = this.current
    if (message === null) throw new Error('data without a message')
    await this.reader.message(message)
    this.where = 'END-OF-MESSAGE'
    this.emitData(message.content, message.size)
    this.remember(letterOf(message), null)
    const outcome = await endOfData(this)
    this.statistics.count('DATA', outcome.reply.code >= 400 ? 'failure' : 'success')
    await this.finish('', outcome)
    this.#afterMessage(outcome)
    await this.#tellLong()
  }

  async #tellLong(): Promise<void> {
    if (this.transcript.lines.length > this.settings.historyLimit) await this.tell(null)
  }

  #afterMessage(outcome: Outcome): void {
    // Whoever brings a good letter is forgiven.
    if (outcome.reply.code >= 400) return
    this.patience.forgive()
    this.transcript.forgive()
  }

  async #bdat(words: Words): Promise<Outcome> {
    const early = beforeWords.BDAT?.(this, words)
    if (early) return early
    const parsed = await this.#parse('BDAT', words)
    if ('reply' in parsed) return parsed
    const command = parsed as Bdat
    const before = await beforeChunk(command, this)
    if (before.kind === 'refused') {
      await this.reader.bytes(command.size, () => undefined)
      return afterRefusedChunk(command, before.reply)
    }
    this.current = { ...this.current, ...before.change }
    this.step({ type: 'BDAT' })
    const { message } = this.current
    if (message === null) throw new Error('a chunk without a message')
    await this.reader.bytes(command.size, (bytes) => {
      message.chunk(bytes)
    })
    if (command.last === 'yes') {
      message.endChunks()
      this.where = 'END-OF-MESSAGE'
      this.emitData(message.content, message.size)
    }
    const outcome = await afterChunk(command, this)
    if (command.last === 'yes') this.#afterMessage(outcome)
    return outcome
  }

  async #readSaslAnswer(): Promise<void> {
    const { exchange } = this.current
    if (exchange === null) throw new Error('a SASL answer without a question')
    const { bytes, end } = await this.reader.line(this.settings.saslLineLimit)
    const text = latin1Of(bytes)
    this.transcript.heard(text)
    this.emitCommand(text === '*' ? text : masked, 'AUTH')
    const outcome = end === 'cut' ? responseTooLong(exchange) : await answer(text, exchange, this)
    await this.finish('', outcome)
    if (outcome.reply.code === 334) return
    const good = outcome.reply.code === 235
    this.statistics.count('AUTH', good ? 'success' : 'failure')
    if (!good) this.patience.error()
  }

  async #startTls(how: 'STARTTLS' | 'smtps'): Promise<void> {
    const { machine, id: session } = this
    const shaken = await shakeHands(machine, this.wire, this.settings, namaddr(this.current.client))
    if (shaken.kind === 'failed') {
      const { level, reason, text } = shaken
      this.log(level, text)
      const none = { version: '', cipher: '', bits: 0 }
      machine.emit({ type: 'smtpd.tls', session, ...none, outcome: 'failed', reason })
      throw new Ended(`lost connection after ${this.where}`)
    }
    const { version, cipher, bits } = shaken.facts
    machine.emit({ type: 'smtpd.tls', session, version, cipher, bits, outcome: 'established' })
    this.current = { ...this.current, ...forgetClient, tls: shaken.facts }
    if (how === 'STARTTLS') this.step({ type: 'tls-established' })
    if (how === 'STARTTLS') await requireMechanisms(this)
    const refusal = refusedCertificate(shaken.facts, this.settings) ?? this.limit('tls')
    if (refusal) await this.speaker.announce(refusal, this.current)
  }

  async #refuse(typed: string, answer: Reply): Promise<void> {
    this.emitCommand(this.#hidesUnknown ? masked : typed, '')
    this.transcript.trouble('protocol')
    await this.say(answer)
    this.patience.error()
  }

  async #filtered(line: string): Promise<string> {
    const { commandFilter, myhostname } = this.settings
    if (commandFilter === '') return line
    const filtered = await filterCommand(line, commandFilter, this.postfix)
    if (filtered.kind === 'kept') return line
    if (filtered.kind === 'unavailable') {
      this.log('warning', filtered.log)
      const answer = localDataError(myhostname)
      this.log('info', refusalLine(this.where, this.current.client, answer))
      await this.say(answer)
      return line
    }
    this.log('info', `${namaddr(this.current.client)}: ${filtered.log}`)
    return filtered.line
  }

  async #flagPipelining(verb: Verb): Promise<void> {
    const mayGoOn = this.current.protocol === 'ESMTP' && !lastInGroup.has(verb)
    if (this.pipelined || mayGoOn || this.wire.input.waiting === 0) return
    this.pipelined = true
    const waiting = latin1Of(this.wire.input.peek(100)).replace(/\r/g, '\\r').replace(/\n/g, '\\n')
    this.log(
      'info',
      `improper command pipelining after ${verb} from ${namaddr(this.current.client)}: ${waiting}`,
    )
    if (!this.settings.forbidsPipelining) return
    await this.say(reply(554, '5.5.0', 'Error: SMTP protocol synchronization', 'RFC 2920 §3.1'))
    throw new Ended('improper command pipelining')
  }

  async #fail(error: unknown): Promise<string> {
    if (error instanceof Ended) {
      if (/^(lost connection|timeout|too many errors) after/.test(error.message)) {
        this.log('info', `${error.message} from ${namaddr(this.current.client)}`)
      }
      return error.message
    }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (error instanceof SettingError) {
      this.machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'fatal', text: error.message })
      return 'fatal'
    }
    this.machine.emit({ type: 'engine.fault', where: 'smtpd', message })
    this.wire.write(`421 4.3.0 ${this.settings.myhostname} Server local data error\r\n`)
    await this.wire.flush(this.settings.timeout)
    return 'internal error'
  }
}

/** Commands with which a client begins anew. */
const begins: ReadonlySet<Verb> = new Set(['HELO', 'EHLO', 'RSET'])

/** `Subject:` as a command: a web page or a worm, talking past us. */
const isHeader = (word: string) => /^[!-9;-~]+:/.test(word)
