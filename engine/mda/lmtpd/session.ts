/**
 * One LMTP session: the loop that reads a line, asks the grammar, the chart and the recipients, and alone writes.
 *
 * RFC 2033, RFC 3030. The texts, and what may come when, are Dovecot's.
 * Next: engine/mailbox/maildir/deliver.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { SessionFacts } from '#engine/wire-facts.ts'
import { dovecotTls } from '#engine/wire-tls.ts'
import type { Wire } from '#engine/wire.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import { toLf } from '#protocol/bytes/lines.ts'
import { concat, latin1 } from '#protocol/bytes/text.ts'
import { lmtpSession, type LmtpSessionStep } from '#protocol/lmtp/session.machine.ts'
import { parseArguments, readLine, type LmtpCommand, type LmtpVerb } from '#protocol/lmtp/commands.ts'
import { writePath } from '#protocol/lmtp/path.ts'
import { accepts, stateName } from '#protocol/chart.ts'
import { reply, writeReply, type Reply } from '#protocol/smtp/reply.ts'
import { stepper } from '#protocol/step.ts'
import { initialTransition, type SnapshotFrom } from 'xstate'
import type { Filter } from '../delivery.ts'
import { deliver, quotaReply } from './deliver.ts'
import { findRecipient, type LocalRecipient } from './recipients.ts'
import { traceFields } from './trace-fields.ts'

export type LmtpSessionParts = {
  readonly machine: Machine
  readonly wire: Wire
  readonly stores: MailStores
  readonly settings: DovecotSettings
  readonly filter: Filter | undefined
}

type Transaction = {
  readonly number: number
  readonly sender: string
  readonly recipients: (LocalRecipient & { readonly index: number })[]
  /** Recipients asked for, refused ones too. */
  asked: number
  readonly chunks: Uint8Array[]
  size: number
}

const idleTimeout = 5 * 60_000
const longestLine = 65_536
const longestDataLine = 16 * 1024 * 1024
/** A message that is larger than memory may hold is refused. */
const largestMessage = 512 * 1024 * 1024
const mostRecipients = 1000
const mostBadCommands = 10

const stepSession = stepper(lmtpSession)

export class LmtpSession {
  readonly #parts: LmtpSessionParts
  readonly #facts: SessionFacts
  readonly #id: string
  readonly #hostname: string
  #snapshot: SnapshotFrom<typeof lmtpSession> = initialTransition(lmtpSession)[0]
  #helo = 'unknown'
  #tls: string | null = null
  #transaction: Transaction | null = null
  #transactions = 0
  #bad = 0
  #closing: string | null = null

  constructor(parts: LmtpSessionParts) {
    this.#parts = parts
    this.#facts = new SessionFacts(parts.machine, 'lmtpd')
    this.#id = Buffer.from(parts.machine.random.bytes(16)).toString('base64').replace(/=+$/, '')
    const configured = parts.settings.text('hostname')
    this.#hostname = configured === '' ? parts.machine.name : configured
  }

  async run(): Promise<void> {
    const { wire, machine, settings } = this.#parts
    try {
      const { name } = await machine.resolver.nameOf(wire.remote.address)
      this.#facts.opened(wire, 'lmtp', name ?? 'unknown')
      const greeting = reply(220, null, `${this.#hostname} ${settings.text('login_greeting')}`)
      await this.#say([greeting], 'unasked')
      while (this.#closing === null) await this.#turn()
    } catch (error) {
      this.#facts.fault(error)
      this.#closing = 'Internal error'
      await wire.write('421 4.3.0 Internal error occurred. Refer to server log for more information.\r\n')
    } finally {
      wire.close()
      if (this.#snapshot.status === 'active') this.#step('hang-up')
      this.#facts.closed(this.#closing ?? 'Connection closed')
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
    this.#facts.command(text, line.verb)
    if (line.kind === 'unknown') return this.#badCommand(line.reply)
    this.#bad = 0
    const early = this.#outOfOrder(line.verb)
    const parsed = parseArguments(line.verb, line.args)
    // Of the paths nothing is read before their time; a chunk must be read past even when it is refused.
    if (early && (line.verb === 'MAIL' || line.verb === 'RCPT')) return this.#say([early])
    if (!parsed.ok) return this.#say([parsed.reply])
    if (early && line.verb !== 'BDAT') return this.#say([early])
    await this.#obey(parsed.command, early)
  }

  async #badCommand(refusal: Reply): Promise<void> {
    if (++this.#bad <= mostBadCommands) return this.#say([refusal])
    this.#closing = 'Too many invalid commands'
    await this.#say([reply(421, '4.7.0', `${this.#hostname} Too many invalid commands.`)])
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
        this.#closing = 'Client has quit the connection'
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
    if (found.kind === 'unknown') {
      return this.#say([reply(550, '5.1.1', `<${address}> User doesn't exist: ${found.name}`)])
    }
    const { recipient } = found
    const full = settings.flag('lmtp_rcpt_check_quota') ? await quotaReply({ recipient, settings }, 1) : null
    if (full) return this.#say([full])
    transaction.recipients.push({ ...recipient, index: transaction.asked })
    this.#step('RCPT')
    await this.#say([reply(250, '2.1.5', 'OK')])
  }

  /** Lines up to a dot alone; a dot at the start of a line was doubled. RFC 5321 §4.5.2. */
  async #data(): Promise<void> {
    const transaction = this.#transaction
    if (transaction === null) throw new Error('DATA without a transaction')
    const parts: Uint8Array[] = []
    let size = 0
    for (;;) {
      const line = await this.#parts.wire.line(longestDataLine, idleTimeout)
      if (line.kind !== 'line') {
        this.#closing = line.kind === 'timeout' ? 'Disconnected for inactivity' : 'Connection closed'
        return
      }
      if (line.text === '.') break
      const text = line.text.startsWith('.') ? line.text.slice(1) : line.text
      size += text.length + 1
      if (size <= largestMessage) parts.push(latin1(`${text}\n`))
    }
    await this.#complete(transaction, concat(parts), size)
  }

  async #chunk(command: Extract<LmtpCommand, { verb: 'BDAT' }>, early: Reply | null): Promise<void> {
    const { size, last } = command
    const transaction = this.#transaction
    const refused = early !== null || transaction === null
    const kept = await this.#chunkBytes(size, refused ? 'skip' : 'keep')
    if (kept === null) return
    if (refused) {
      this.#step('chunk-refused')
      return this.#say([early ?? reply(503, '5.5.0', 'MAIL needed first')])
    }
    transaction.chunks.push(kept)
    transaction.size += size
    this.#step('BDAT')
    if (last === 'no') {
      this.#step('chunk')
      return this.#say([reply(250, '2.0.0', `Added ${size} octets`, 'RFC 3030 §2')])
    }
    await this.#complete(transaction, toLf(concat(transaction.chunks)), transaction.size)
  }

  /** Null: the client went away in the middle. */
  async #chunkBytes(size: number, how: 'keep' | 'skip'): Promise<Uint8Array | null> {
    const parts: Uint8Array[] = []
    const before = this.#transaction?.size ?? 0
    for (let left = size; left > 0;) {
      const part = await this.#parts.wire.bytes(Math.min(left, 65_536), idleTimeout)
      if (part.kind !== 'bytes') {
        this.#closing = part.kind === 'timeout' ? 'Disconnected for inactivity' : 'Connection closed'
        return null
      }
      left -= part.bytes.length
      if (how === 'keep' && before + size <= largestMessage) parts.push(part.bytes)
    }
    return concat(parts)
  }

  /** One reply for each recipient, in their order; a recipient who was named twice gets one copy. RFC 2033 §4.2. */
  async #complete(transaction: Transaction, content: Uint8Array, size: number): Promise<void> {
    this.#facts.data(content)
    const { recipients, sender, number } = transaction
    const { machine, settings, filter, wire } = this.#parts
    const replies = new Map<string, Reply>()
    const [only] = recipients
    const id = number === 1 ? this.#id : `${this.#id}:T${number}`
    for (const recipient of recipients) {
      if (replies.has(sameMailbox(recipient))) continue
      if (size > largestMessage) {
        replies.set(
          sameMailbox(recipient),
          reply(552, '5.2.3', `<${recipient.address}> Message size exceeds fixed limit`),
        )
        continue
      }
      const above = traceFields({
        settings,
        sender,
        recipient: recipients.length === 1 && only ? only : null,
        helo: this.#helo,
        client: wire.remote.address,
        hostname: this.#hostname,
        id,
        tls: this.#tls,
        now: machine.clock.now(),
      })
      const letter = {
        session: this.#facts.session,
        id: recipient.index === 1 ? id : `${id}:R${recipient.index}`,
        sender,
        recipient,
        content: concat([latin1(above), content]),
        settings,
        filter,
      }
      replies.set(sameMailbox(recipient), await deliver(letter))
    }
    this.#transaction = null
    this.#step('end-of-data')
    await this.#say(recipients.flatMap((recipient) => replies.get(sameMailbox(recipient)) ?? []))
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

  #tlsContext() {
    const { machine, settings } = this.#parts
    return dovecotTls(machine, settings, (text) => this.#facts.logged('error', text))
  }

  async #say(replies: readonly Reply[], how?: 'unasked'): Promise<void> {
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

/** Who is named twice gets one copy; the domain's case makes no difference. */
const sameMailbox = ({ address }: LocalRecipient): string =>
  address.replace(/@[^@]*$/, (domain) => domain.toLowerCase())
