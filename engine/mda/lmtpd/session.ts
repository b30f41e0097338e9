/**
 * One LMTP session: the loop that reads a line, asks the grammar, the chart and the recipients, and alone writes.
 *
 * RFC 2033, RFC 3030. The texts, and what may come when, are Dovecot's.
 * Next: engine/mailbox/maildir/deliver.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { SessionFacts } from '#engine/wire-facts.ts'
import { greetingText } from '#engine/wire-greeting.ts'
import { dovecotTls, isTrusted } from '#engine/wire-tls.ts'
import type { Wire } from '#engine/wire.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import { toLf } from '#protocol/bytes/lines.ts'
import { concat } from '#protocol/bytes/text.ts'
import { lmtpSession, type LmtpSessionStep } from '#protocol/lmtp/session.machine.ts'
import { parseArguments, readLine, type LmtpCommand, type LmtpVerb } from '#protocol/lmtp/commands.ts'
import { writePath } from '#protocol/lmtp/path.ts'
import { accepts, stateName } from '#protocol/chart.ts'
import { reply, writeReply, type Reply } from '#protocol/smtp/reply.ts'
import { stepper } from '#protocol/step.ts'
import { withoutSecrets } from '#protocol/secrets.ts'
import { initialTransition, type SnapshotFrom } from 'xstate'
import type { Filter } from '../delivery.ts'
import { quotaReply } from './deliver.ts'
import { findRecipient, type BarredRecipient } from './recipients.ts'
import { idleTimeout, largestMessage, readChunk, readLines } from './receive.ts'
import { SessionLog } from './session-log.ts'
import { deliverToEach, type Transaction } from './transaction.ts'

export type LmtpSessionParts = {
  readonly machine: Machine
  readonly wire: Wire
  readonly stores: MailStores
  readonly settings: DovecotSettings
  readonly filter: Filter | undefined
}

const longestLine = 65_536
const mostRecipients = 1000
const mostBadCommands = 10

/** For proxies whose word is believed. */
const trustedExtensions = ['XCLIENT ADDR PORT PROTO HELO LOGIN SESSION TTL TIMEOUT', 'XRCPTFORWARD']

const stepSession = stepper(lmtpSession)

export class LmtpSession {
  readonly #parts: LmtpSessionParts
  readonly #facts: SessionFacts
  readonly #id: string
  readonly #log: SessionLog
  readonly #hostname: string
  #snapshot: SnapshotFrom<typeof lmtpSession> = initialTransition(lmtpSession)[0]
  #helo = 'unknown'
  #tls: string | null = null
  #transaction: Transaction | null = null
  #transactions = 0
  #bad = 0
  #closing: string | null = null
  #dead = false
  /** In which state QUIT came. */
  #quitIn: string | null = null
  /** LHLO or a message has come. */
  #greeted = false

  constructor(parts: LmtpSessionParts) {
    this.#parts = parts
    this.#facts = new SessionFacts(parts.machine, 'lmtpd')
    this.#id = Buffer.from(parts.machine.random.bytes(16)).toString('base64').replace(/=+$/, '')
    this.#log = new SessionLog(parts.machine, parts.settings, this.#id)
    const configured = parts.settings.text('hostname')
    this.#hostname = configured === '' ? parts.machine.name : configured
  }

  async run(): Promise<void> {
    const { wire, machine, settings } = this.#parts
    try {
      const { name } = await machine.resolver.nameOf(wire.remote.address)
      this.#facts.opened(wire, 'lmtp', name ?? 'unknown')
      this.#log.write(`Connect from ${wire.remote.address}`)
      const greeting = reply(220, null, `${this.#hostname} ${greetingText(settings, wire, machine, 'lmtp')}`)
      await this.#say([greeting], 'unasked')
      while (this.#closing === null) await this.#turn()
    } catch (error) {
      this.#facts.fault(error)
      this.#closing = 'Internal error'
      await wire.write('421 4.3.0 Internal error occurred. Refer to server log for more information.\r\n')
    } finally {
      wire.close()
      const state = this.#stateWords()
      if (this.#snapshot.status === 'active') this.#step('hang-up')
      const reason = this.#closing ?? 'Connection closed'
      this.#facts.closed(reason)
      if (!this.#dead) this.#log.write(`Disconnect from ${wire.remote.address}: ${reason} (state=${state})`)
    }
  }

  async #turn(): Promise<void> {
    const line = await this.#parts.wire.line(longestLine, idleTimeout)
    switch (line.kind) {
      case 'end':
        this.#closing = 'Connection closed'
        return
      case 'timeout':
        this.#closing = 'Disconnected for inactivity'
        return this.#say([reply(421, '4.4.2', `${this.#hostname} Disconnected for inactivity`)], 'unasked')
      case 'too-long':
        this.#closing = 'Line too long'
        return this.#say([reply(500, '5.5.2', 'Line too long')])
      case 'line':
        return this.#line(line.text)
      default:
        return line satisfies never
    }
  }

  async #line(text: string): Promise<void> {
    const line = readLine(text)
    this.#facts.command(withoutSecrets(text), line.verb)
    if (line.kind === 'unknown') return this.#say([line.reply])
    const early = this.#outOfOrder(line.verb)
    const parsed = parseArguments(line.verb, line.args, this.#parts.settings.list('lmtp_client_workarounds'))
    // Of the paths nothing is read before their time; a chunk must be read past even when it is refused.
    if (early && (line.verb === 'MAIL' || line.verb === 'RCPT')) return this.#say([early])
    if (!parsed.ok) {
      if (line.verb === 'BDAT') this.#step('chunk-refused')
      return this.#say([parsed.reply])
    }
    if (early && line.verb !== 'BDAT') return this.#say([early])
    await this.#obey(parsed.command, early)
  }

  /** What the chart does not allow, in the server's words. */
  #outOfOrder(verb: LmtpVerb): Reply | null {
    const rfc = 'RFC 5321 §4.1.4'
    if (verb === 'MAIL' && this.#transaction !== null) return reply(503, '5.5.0', 'MAIL already given', rfc)
    if (verb === 'RCPT' && this.#transaction === null) return reply(503, '5.5.0', 'MAIL needed first', rfc)
    if (accepts(this.#snapshot, { type: verb })) return null
    if (verb === 'XCLIENT') return reply(503, '5.5.0', 'XCLIENT not permitted during a mail transaction', rfc)
    const state = stateName(this.#snapshot)
    if ((verb === 'BDAT' || verb === 'DATA') && state === 'discarding') {
      return reply(503, '5.5.0', 'Previous data chunk failed, issue RSET first', 'RFC 3030 §2')
    }
    if (verb === 'DATA' && state === 'chunks') {
      return reply(503, '5.5.0', 'Bad sequence of commands', 'RFC 3030 §2')
    }
    if (this.#transaction === null) return reply(503, '5.5.0', 'MAIL needed first', rfc)
    return reply(503, '5.5.0', 'No valid recipients', rfc)
  }

  async #obey(command: LmtpCommand, early: Reply | null): Promise<void> {
    const { wire } = this.#parts
    const { verb } = command
    switch (verb) {
      case 'LHLO':
        this.#greeted = true
        this.#helo = command.valid === 'yes' ? command.domain : 'unknown'
        this.#transaction = null
        this.#step(verb)
        return this.#say([reply(250, null, await this.#extensions())])
      case 'MAIL':
        this.#transaction = {
          number: ++this.#transactions,
          sender: command.sender === null ? '' : writePath(command.sender),
          recipients: [],
          asked: 0,
          chunks: [],
          size: 0,
        }
        this.#step(verb)
        return this.#say([reply(250, '2.1.0', 'OK')])
      case 'RCPT':
        return this.#recipient(command)
      case 'DATA':
        this.#step(verb)
        await this.#say([reply(354, null, 'OK')])
        return this.#data()
      case 'BDAT':
        return this.#chunk(command, early)
      case 'RSET':
        this.#transaction = null
        this.#step(verb)
        return this.#say([reply(250, '2.0.0', 'OK')])
      case 'NOOP':
        return this.#say([reply(250, '2.0.0', 'OK')])
      case 'VRFY':
        return this.#say([reply(252, '2.3.3', 'Try RCPT instead')])
      case 'QUIT':
        this.#closing = 'Logged out'
        this.#quitIn = this.#stateWords()
        this.#step(verb)
        return this.#say([reply(221, '2.0.0', 'Bye')])
      case 'XCLIENT':
        return this.#say([reply(550, '5.7.14', 'You are not from trusted IP')])
      case 'STARTTLS':
        if (wire.secure) return this.#say([reply(502, '5.5.1', 'TLS is already active.')])
        return this.#startTls()
      default:
        return command satisfies never
    }
  }

  async #extensions(): Promise<readonly string[]> {
    const offersTls = !this.#parts.wire.secure && (await this.#tlsContext()) !== null
    const names = [
      '8BITMIME',
      'CHUNKING',
      'ENHANCEDSTATUSCODES',
      'PIPELINING',
      ...(offersTls ? ['STARTTLS'] : []),
      ...(isTrusted(this.#parts.wire, this.#parts.settings) ? trustedExtensions : []),
    ]
    return [this.#hostname, ...names]
  }

  async #recipient(command: Extract<LmtpCommand, { verb: 'RCPT' }>): Promise<void> {
    const transaction = this.#transaction
    if (transaction === null) throw new Error('RCPT without a transaction')
    const { stores, settings } = this.#parts
    transaction.asked++
    const address = writePath(command.recipient)
    if (transaction.recipients.length >= mostRecipients) {
      return this.#say([reply(452, '4.5.3', 'Too many recipients', 'RFC 5321 §4.5.3.1.10')])
    }
    const found = await findRecipient(command.recipient, command.original, { stores, settings })
    if (found.kind === 'nobody') {
      // Nothing before the delimiter: the process of the real server dies of it.
      this.#log.write(
        "Panic: file lmtp-commands.c: line 127 (client_default_cmd_rcpt): assertion failed: (*username != '\\0')",
      )
      this.#dead = true
      this.#closing = 'Connection closed'
      return
    }
    if (found.kind === 'unknown') {
      return this.#say([reply(550, '5.1.1', `<${address}> User doesn't exist: ${found.name}`)])
    }
    const { recipient } = found
    const asks = settings.flag('lmtp_rcpt_check_quota')
    if (asks) {
      const refusal =
        'barred' in recipient
          ? this.#notInitialized(recipient, ` ${recipient.user}`)
          : await quotaReply(recipient, recipient.settings)
      if (refusal) return this.#say([refusal])
    }
    transaction.recipients.push({ ...recipient, index: transaction.asked })
    this.#step('RCPT')
    await this.#say([reply(250, '2.1.5', 'OK')])
  }

  async #data(): Promise<void> {
    const transaction = this.#transaction
    if (transaction === null) throw new Error('DATA without a transaction')
    const received = await readLines(this.#parts.wire)
    if (received.kind !== 'message') {
      this.#closing = received.kind === 'timeout' ? 'Disconnected for inactivity' : 'Connection closed'
      return
    }
    await this.#complete(transaction, received.content, received.size)
  }

  async #chunk(command: Extract<LmtpCommand, { verb: 'BDAT' }>, early: Reply | null): Promise<void> {
    const { size, last } = command
    const transaction = this.#transaction
    const refused = early !== null || transaction === null
    const before = this.#transaction?.size ?? 0
    const received = await readChunk(
      this.#parts.wire,
      size,
      refused || before + size > largestMessage ? 'skip' : 'keep',
    )
    if (received.kind !== 'message') {
      this.#closing = received.kind === 'timeout' ? 'Disconnected for inactivity' : 'Connection closed'
      return
    }
    if (refused) {
      this.#step('chunk-refused')
      return this.#say([early ?? reply(503, '5.5.0', 'MAIL needed first')])
    }
    transaction.chunks.push(received.content)
    transaction.size += size
    this.#step('BDAT')
    if (last === 'no') {
      this.#step('chunk')
      return this.#say([reply(250, '2.0.0', `Added ${size} octets`, 'RFC 3030 §2')])
    }
    await this.#complete(transaction, withoutLastCr(toLf(concat(transaction.chunks))), transaction.size)
  }

  async #complete(transaction: Transaction, content: Uint8Array, size: number): Promise<void> {
    this.#facts.data(content)
    const { machine, settings, filter, wire } = this.#parts
    const replies = await deliverToEach(transaction, content, size, {
      ...{ settings, filter, session: this.#facts.session, now: machine.clock.now() },
      ...{ helo: this.#helo, client: wire.remote.address, hostname: this.#hostname, tls: this.#tls },
      id: transaction.number === 1 ? this.#id : `${this.#id}:T${transaction.number}`,
      logOf: (user) => this.#log.of(user),
      notInitialized: (recipient) => this.#notInitialized(recipient, ''),
    })
    this.#transaction = null
    this.#greeted = true
    this.#step('end-of-data')
    await this.#say(replies)
  }

  #notInitialized({ address, user, barred }: BarredRecipient, who: string): Reply {
    const { address: client, port } = this.#parts.wire.remote
    const where = `lmtp-server: conn ${client}:${port} [1]: rcpt ${user}`
    this.#log.write(`${where}: Failed to initialize user${who}: ${barred}`, 'error')
    return reply(451, '4.3.0', `<${address}> Temporary internal error`)
  }

  async #startTls(): Promise<void> {
    const context = await this.#tlsContext()
    if (context === null) return this.#say([reply(502, '5.5.1', 'TLS support is not enabled.')])
    await this.#say([reply(220, '2.0.0', 'Begin TLS negotiation now.')])
    this.#step('STARTTLS')
    const result = await this.#parts.wire.startTls(context, idleTimeout)
    this.#facts.tls(result)
    if (result.kind === 'failed') {
      this.#closing = `TLS handshaking failed: ${result.reason}`
      return
    }
    const { version, cipher, bits } = result
    this.#tls = `${version} with cipher ${cipher} (${bits}/${bits} bits)`
    this.#helo = 'unknown'
    this.#transaction = null
    this.#step('tls-established')
  }

  /** Where the session is, as the log says it. */
  #stateWords(): string {
    if (this.#quitIn !== null) return this.#quitIn
    const state = stateName(this.#snapshot)
    if (state === 'data' || state === 'chunk') return 'DATA'
    if (this.#transaction !== null) return this.#transaction.recipients.length > 0 ? 'RCPT TO' : 'MAIL FROM'
    return this.#greeted ? 'READY' : 'GREETING'
  }

  #tlsContext() {
    const { machine, settings } = this.#parts
    return dovecotTls(machine, settings, (text) => this.#facts.logged('error', text))
  }

  async #say(given: readonly Reply[], how?: 'unasked'): Promise<void> {
    const bad = given.some(({ code }) => code === 500 || code === 501 || code === 503)
    this.#bad = bad ? this.#bad + 1 : 0
    const enough = this.#bad > mostBadCommands
    if (enough) this.#closing = 'Too many invalid commands.'
    const replies = enough ? [reply(421, '4.7.0', `${this.#hostname} Too many invalid commands.`)] : given
    for (const { code, status, lines, rfc } of replies) {
      const told = { code: String(code), status, lines: [...lines], ...(rfc === undefined ? {} : { rfc }) }
      this.#facts.reply(told, how === 'unasked' ? true : undefined)
    }
    await this.#parts.wire.write(replies.map(writeReply).join(''))
  }

  #step(type: LmtpSessionStep['type']): void {
    const next = stepSession(this.#snapshot, { type })
    this.#facts.state(stateName(this.#snapshot), stateName(next))
    this.#snapshot = next
  }
}

/** A CR at the very end is the half of a line end that never came. */
const withoutLastCr = (content: Uint8Array): Uint8Array =>
  content.at(-1) === 13 ? content.subarray(0, -1) : content
