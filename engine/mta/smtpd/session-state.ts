/**
 * What a session is: the conversation so far, where the chart stands, and the few ways in which both may change.
 * session.ts is the loop that changes them; handlers only look.
 */
import { initialTransition } from 'xstate'
import type { Machine } from '#engine/machine.ts'
import type { Cleanup, NotifyPostmaster } from '#mta/handover.ts'
import type { Postfix } from '#mta/postfix.ts'
import { stateName } from '#protocol/chart.ts'
import type { Verb } from '#protocol/smtp/commands/index.ts'
import type { Limits } from '#protocol/smtp/grammar.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import { smtpSession } from '#protocol/smtp/session.machine.ts'
import type { SmtpSessionSnapshot, SmtpSessionStep } from '#protocol/smtp/session.machine.ts'
import { Transcript } from '#protocol/smtp/transcript.ts'
import { stepper } from '#protocol/step.ts'
import type { SaslContext, SaslServer } from '#protocol/sasl/mechanism.ts'
import { withoutSecrets } from '#protocol/secrets.ts'
import type { Activity, Anvil } from './anvil.ts'
import { namaddr } from './client.ts'
import type { Conversation } from './conversation.ts'
import { Ended } from './ended.ts'
import type { Outcome, SmtpdSession } from './handler.ts'
import { countActivity, refuseHandshake } from './limits.ts'
import type { Counted } from './limits.ts'
import type { Moment, Moments } from './moments.ts'
import { Patience } from './patience.ts'
import type { Answer, Policy, Question } from './policy.ts'
import { Reader } from './reader.ts'
import type { SmtpdSettings } from './settings.ts'
import { Speaker } from './speaker.ts'
import { Statistics } from './statistics.ts'
import { trustOf } from './trust.ts'
import type { Trust } from './trust.ts'
import type { SessionWire } from './wire.ts'

export type SessionParts = {
  readonly id: string
  readonly machine: Machine
  readonly postfix: Postfix
  readonly settings: SmtpdSettings
  readonly wire: SessionWire
  readonly cleanup: Cleanup
  readonly notify: NotifyPostmaster
  readonly sasl: SaslServer | null
  readonly anvil: Anvil
  readonly policy: Policy
  readonly flush: (site: string) => Promise<void>
  /** Keeps the newest moments, for who asks why. */
  readonly moments?: Moments | null
  readonly service: string
  readonly port: number
  readonly now: Conversation
  readonly discards: ReadonlySet<string>
  readonly trusted: Trust
  /** In place of smtpd_banner. */
  readonly greeting?: Reply
}

const stepSession = stepper(smtpSession, { protocol: 'smtp', greeting: 'optional' })

/** So much of a message is shown in the trace at once. */
const headLimit = 4096

export class SessionState implements SmtpdSession {
  readonly id: string
  readonly machine: Machine
  readonly postfix: Postfix
  readonly settings: SmtpdSettings
  readonly cleanup: Cleanup
  readonly sasl: SaslServer | null
  readonly service: string
  readonly port: number
  readonly discards: ReadonlySet<string>
  protected readonly parts: SessionParts
  /** A kept moment must not hold the connection. */
  readonly #kept: Moment['parts']
  protected readonly wire: SessionWire
  protected readonly statistics = new Statistics()
  protected readonly patience: Patience
  protected readonly transcript = new Transcript()
  protected readonly speaker: Speaker
  protected readonly reader: Reader
  protected trust: Trust
  protected grammarLimits: Limits
  protected current: Conversation
  protected chart: SmtpSessionSnapshot
  protected place: string
  /** What the log calls the moment: the last verb, CONNECT, UNKNOWN, END-OF-MESSAGE. */
  protected where = 'CONNECT'
  /** Whether the client has sent ahead where it had to wait: remembered to the end of the session. RFC 2920 §3.1 */
  pipelined = false
  #refused: Reply | null = null

  constructor(parts: SessionParts) {
    const { settings, trusted, discards } = parts
    this.parts = parts
    const { wire: _wire, policy: _policy, ...kept } = parts
    this.#kept = kept
    this.id = parts.id
    this.machine = parts.machine
    this.postfix = parts.postfix
    this.settings = settings
    this.cleanup = parts.cleanup
    this.sasl = parts.sasl
    this.service = parts.service
    this.port = parts.port
    this.discards = discards
    this.trust = trusted
    this.wire = parts.wire
    this.patience = new Patience(settings.errors)
    this.speaker = new Speaker(parts, this.patience, this.transcript)
    this.reader = new Reader(parts.wire, settings, (arrival) => this.silence(arrival))
    this.current = parts.now
    this.grammarLimits = limitsOf(settings, discards, trusted)
    const greeting = settings.heloRequired === 'yes' ? 'required' : 'optional'
    ;[this.chart] = initialTransition(smtpSession, { protocol: 'smtp', greeting })
    this.place = stateName(this.chart)
  }

  get now(): Conversation {
    return this.current
  }

  get trusted(): Trust {
    return this.trust
  }

  get state(): string {
    return this.place
  }

  get saslContext(): SaslContext {
    const { client, tls } = this.current
    return {
      service: 'smtp',
      tls: tls !== null,
      client: client.address,
      local: this.settings.myhostname,
      session: this.id,
    }
  }

  async ask(question: Question): Promise<Answer> {
    const answer = await this.parts.policy.ask(question, this.current, this.where)
    this.#refused = answer.refusal
    if (answer.refusal) this.transcript.trouble(answer.trouble ?? 'policy')
    return answer
  }

  flush(site: string): Promise<void> {
    return this.parts.flush(site)
  }

  limit(activity: Exclude<Activity, 'connection'> | 'handshake'): Reply | null {
    if (this.trust.unlimited) return null
    const tooMuch =
      activity === 'handshake' ? refuseHandshake(this.counted) : countActivity(activity, this.counted)
    if (tooMuch) this.log('warning', tooMuch.log)
    return tooMuch?.reply ?? null
  }

  log(level: 'info' | 'warning', text: string): void {
    this.machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level, text })
  }

  protected get counted(): Counted {
    const { settings, service } = this
    return { anvil: this.parts.anvil, settings, service, client: this.current.client }
  }

  protected async silence(arrival: 'lost' | 'timeout'): Promise<never> {
    const { message } = this.current
    const after = `after ${this.where}${message === null ? '' : ` (${message.arrived} bytes)`}`
    // A message that never came to its end was a command that failed.
    if (message !== null) this.statistics.count(this.place === 'data' ? 'DATA' : 'BDAT', 'failure')
    if (arrival === 'lost') throw new Ended(`lost connection ${after}`)
    const { myhostname, timeout } = this.settings
    const words = reply(421, '4.4.2', `${myhostname} Error: timeout exceeded`)
    const goodbye = because(words, 'smtpd_timeout', `${timeout / 1000}s`)
    await this.speaker.lastWord(goodbye, this.current)
    throw new Ended(`timeout ${after}`)
  }

  /** Writes what the handler decided, then makes it true. */
  protected async finish(verb: Verb | '', outcome: Outcome): Promise<void> {
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
    const before = this.current
    const failed = outcome.reply.code >= 400 && outcome.error !== 'not counted'
    // AUTH and DATA that go on are counted when they end.
    if (verb !== '' && Math.floor(outcome.reply.code / 100) !== 3) {
      this.statistics.count(verb, failed ? 'failure' : 'success')
    }
    this.#note(outcome)
    await this.say(outcome.reply)
    if (failed && verb !== '') this.patience.error()
    if (change) this.current = { ...this.current, ...change }
    for (const step of steps ?? []) this.step(step)
    const { transaction } = this.current
    if (transaction !== null && before.transaction === null) {
      this.machine.emit({ type: 'smtpd.transaction', session: this.id, sender: transaction.sender })
    }
  }

  /** Whatever is refused, and not by a list of restrictions, is an error of the protocol unless its handler says more. */
  #note({ reply: answer, trouble = 'protocol' }: Outcome): void {
    if (answer.code < 400 || answer === this.#refused || trouble === 'none') return
    this.transcript.trouble(trouble)
  }

  /** At the end, and now and then in a long session: what the postmaster wants to know. */
  protected async tell(aborted: string | null): Promise<void> {
    const { transcript, settings } = this
    if (transcript.troubles.size > 0) {
      const { lines, troubles } = transcript
      const peer = namaddr(this.current.client)
      await this.parts.notify({ of: 'server', peer, troubles, lines, aborted, settings: settings.all })
    }
    transcript.clear()
  }

  /** XCLIENT brought another client, who may do other things; what a neighbour may forward stays his. */
  protected async meet(client: Conversation['client']): Promise<void> {
    const { xforward } = this.trust
    this.trust = { ...(await trustOf(this.postfix, this.settings, client)), xforward }
    this.grammarLimits = limitsOf(this.settings, this.discards, this.trust)
  }

  /** Keeps this moment, before it is answered. */
  protected remember(asked: Moment['asked'], denied: Reply | null): void {
    const { moments } = this.parts
    if (!moments) return
    const { chart, where, pipelined } = this
    const now = { ...this.current, exchange: null, message: null }
    const policy = this.parts.policy.branch?.() ?? null
    moments.begin(this.id, { parts: this.#kept, now, chart, where, denied, pipelined, policy, asked })
  }

  protected say(answer: Reply): Promise<void> {
    return this.speaker.say(answer, this.current)
  }

  protected step(step: SmtpSessionStep): void {
    const before = this.place
    this.chart = stepSession(this.chart, step)
    this.place = stateName(this.chart)
    if (this.place === before) return
    this.machine.emit({ type: 'smtpd.state', session: this.id, from: before, to: this.place })
  }

  protected emitCommand(line: string, verb: string): void {
    this.machine.emit({
      type: 'smtpd.command',
      session: this.id,
      line: verb === 'AUTH' ? line : withoutSecrets(line),
      verb,
    })
  }

  protected emitData(content: Uint8Array, size: number): void {
    const shown = Math.min(content.length, headLimit)
    const head = Buffer.from(content.buffer, content.byteOffset, shown).toString('latin1')
    this.machine.emit({ type: 'smtpd.data', session: this.id, size, head })
  }
}

const limitsOf = (settings: SmtpdSettings, discards: ReadonlySet<string>, trusted: Trust): Limits => ({
  strictEnvelopes: settings.strictEnvelopes,
  smtputf8: settings.smtputf8 === 'yes' && !discards.has('smtputf8') ? 'yes' : 'no',
  leadingDash: settings.all.flag('allow_min_user') ? 'allowed' : 'refused',
  dsn: discards.has('dsn') ? 'no' : 'yes',
  ipv6: settings.ipv6,
  verp: trusted.verp ? settings.verp : null,
})
