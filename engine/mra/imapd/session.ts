/**
 * One IMAP session: the loop that reads a command, asks the grammar, the chart and a handler, and alone writes.
 *
 * RFC 3501. The limits, the times and the order of answers are Dovecot's.
 */
import { initialTransition, transition, type SnapshotFrom } from 'xstate'
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { SessionFacts } from '#engine/wire-facts.ts'
import { dovecotTls } from '#engine/wire-tls.ts'
import type { Wire, WireLine } from '#engine/wire.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import { accepts, stateName } from '#protocol/chart.ts'
import {
  commands,
  isImapName,
  uidNames,
  type ImapName,
  type ImapParsed,
} from '#protocol/imap/commands/index.ts'
import type { ImapSessionStep } from '#protocol/imap/session.machine.ts'
import { imapSession } from '#protocol/imap/session.machine.ts'
import { literalAtEnd, readArguments } from '#protocol/imap/tokens.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import type { Account, SharedState } from './account.ts'
import { readCommandLine, type CommandLine } from './command-line.ts'
import { firstArgumentEnd } from './first-argument.ts'
import { hasLongArgument } from './long-argument.ts'
import { handlers } from './commands/index.ts'
import { idle, notifyDelay } from './idle.ts'
import { LoginDialogue } from './login-dialogue.ts'
import type { Answer, Ask, Came, ImapHandler, Outcome, Tagged } from './outcome.ts'
import { hasQuota } from './quota.ts'
import { badArguments, refusalOf } from './refusal.ts'
import { unavailable } from './unavailable.ts'
import { Transcript } from './transcript.ts'

export type ImapSessionParts = {
  readonly machine: Machine
  readonly wire: Wire
  readonly sasl: SaslServer
  readonly stores: MailStores
  readonly settings: DovecotSettings
  readonly service: 'imap' | 'imaps'
  readonly shared: SharedState
}

const idleTimeout = 30 * 60_000
const badCommandsAllowed = 20
/** One argument may be as long as imap_max_line_length, a command so many times as long. */
const argumentsAllowed = 16

type Command = Extract<CommandLine, { kind: 'command' }>

export class ImapSession {
  readonly #parts: ImapSessionParts
  readonly #facts: SessionFacts
  readonly #transcript: Transcript
  #snapshot: SnapshotFrom<typeof imapSession> = initialTransition(imapSession)[0]
  #account: Account | null = null
  #bad = 0
  #closing: string | null = null
  #login: LoginDialogue | null = null

  constructor(parts: ImapSessionParts) {
    this.#parts = parts
    this.#facts = new SessionFacts(parts.machine, 'imapd')
    this.#transcript = new Transcript(parts.wire, this.#facts)
  }

  async run(tls: 'implicit' | 'starttls'): Promise<void> {
    const { wire, machine, settings, sasl, service } = this.#parts
    try {
      const { name } = await machine.resolver.nameOf(wire.remote.address)
      this.#facts.opened(wire, service, name ?? 'unknown')
      await sasl.prepare?.()
      const context = await dovecotTls(machine, settings, (text) => this.#facts.logged('error', text))
      const login = new LoginDialogue({
        ...this.#parts,
        facts: this.#facts,
        transcript: this.#transcript,
        tlsContext: context,
        step: (type) => this.#step(type),
        may: (type) => accepts(this.#snapshot, { type }),
      })
      this.#login = login
      if (tls === 'implicit' && !(await login.startTls())) {
        this.#closing = login.closing
        return
      }
      this.#account = await login.account()
      if (this.#account !== null) this.#parts.shared.accounts.add(this.#account)
      this.#closing = login.closing
      while (this.#closing === null) await this.#turn(this.#account)
    } catch (error) {
      this.#facts.fault(error)
      this.#closing = 'Internal error'
      await this.#transcript.unasked(
        '* BYE Internal error occurred. Refer to server log for more information.',
      )
    } finally {
      await this.#end()
    }
  }

  /** One command of the client, and what comes of it. */
  async #turn(account: Account | null): Promise<void> {
    if (account === null) throw new Error('nobody is logged in')
    const line = await this.#nextLine(account)
    switch (line.kind) {
      case 'end':
        this.#closing = 'Connection closed'
        return
      case 'timeout':
        return this.#hangUp('Disconnected for inactivity.')
      case 'too-long':
        return this.#hangUp('Too long line')
      case 'line':
        break
      default:
        return line satisfies never
    }
    const came = readCommandLine(line.text)
    if (came.kind !== 'command') {
      this.#facts.command(line.text, '')
      const tag = came.kind === 'bad-tag' ? '*' : came.tag
      const what = came.kind === 'bad-tag' ? 'tag: Invalid tag' : 'command: Invalid command name'
      return this.#refuse(tag, { status: 'BAD', text: `Error in IMAP ${what}` }, this.#now())
    }
    if (account.broken?.when === 'at-once') return this.#hangUp(account.broken.reason)
    await account.working(() => this.#command(came, account))
  }

  /** Waits; what the client asked to be notified of is told meanwhile. */
  async #nextLine(account: Account): Promise<WireLine> {
    const limit = this.#longestLine() * argumentsAllowed
    const line = this.#parts.wire.line(limit, idleTimeout)
    if (!account.notifications.active) return line
    for (;;) {
      const first = await Promise.race([line, account.changed.wait()])
      if (first !== undefined) return first
      account.changed.heard()
      // Several changes in a row are told together.
      const ended = await Promise.race([line, this.#parts.machine.clock.sleep(notifyDelay)])
      if (ended !== undefined) return ended
      await this.#transcript.send(await account.notifications.news())
      this.#transcript.tell('unasked')
    }
  }

  async #command(command: Command, account: Account): Promise<void> {
    const started = this.#now()
    const { tag, name, by } = command
    const full = by === 'uid' ? `UID ${name}` : name
    const known = isImapName(name) && !beforeLogin.has(name) && (by === 'sequence' || uidNames.has(name))
    const hidden =
      (/QUOTA/.test(name) && !hasQuota(account.parts.settings)) ||
      (name === 'COMPRESS' && !account.announces('COMPRESS=DEFLATE'))
    if (!known || hidden || !isImapName(name)) {
      this.#facts.command(`${tag} ${full}${command.args}`, name)
      return this.#refuse(tag, unavailable(full) ?? badArguments(full, 'Unknown command'), started)
    }
    const args = await this.#literals(command.args, name === 'APPEND' ? 'mailbox' : 'all')
    if (args === null) return
    this.#facts.command(`${tag} ${full}${args}`, name)
    if (!accepts(this.#snapshot, { type: name })) {
      return this.#refuse(tag, { status: 'BAD', text: 'No mailbox selected' }, started)
    }
    const parsed = this.#parse(name, args, by)
    if (!parsed.ok) {
      const refused: Tagged =
        'no' in parsed
          ? { status: 'NO', code: parsed.code, text: parsed.no }
          : badArguments(full, parsed.message)
      return this.#refuse(tag, refused, started)
    }
    if (name === 'IDLE') return this.#idle(tag, account)
    const handler = handlers[parsed.command.name] as ImapHandler<typeof parsed.command> | undefined
    if (handler === undefined) return this.#refuse(tag, badArguments(full, 'Unknown command'), started)
    if (account.broken !== null && handler.updates !== 'none') return this.#hangUp(account.broken.reason)
    const tagged = await this.#perform(
      handler,
      () => handler.run(parsed.command, account, { tag, by, line: args }),
      {
        account,
        came: { tag, by, line: args },
        full,
      },
    )
    if (tagged === null) return
    this.#follow(name, tagged, account)
    if (tagged.status === 'BAD') return this.#refuse(tag, tagged, started)
    this.#bad = 0
    await this.#transcript.tagged(tag, tagged, this.#timing(started))
    if (name === 'COMPRESS' && tagged.status === 'OK') this.#parts.wire.deflate()
    if (name === 'LOGOUT') this.#closing = 'Logged out'
  }

  #parse(name: ImapName, text: string, by: Came['by']): ImapParsed {
    const grammar = commands[name]
    // A command that takes no arguments reads none.
    if (grammar.syntax === name) return grammar.parse([], by)
    const first = name === 'APPEND' ? text.slice(0, firstArgumentEnd(text)) : text
    if (first.length > this.#longestLine() && hasLongArgument(first, this.#longestLine())) {
      return { ok: false, message: 'Too long argument' }
    }
    const args = readArguments(first)
    return args.ok ? grammar.parse(args.args, by) : args
  }

  /** Runs a handler to its end, sending what it has ready; then tells the client what is new. */
  async #perform<C>(
    handler: ImapHandler<C>,
    start: () => Outcome,
    { account, came, full }: { account: Account; came: Came; full: string },
  ): Promise<Tagged | null> {
    let tagged: Tagged
    try {
      const outcome = start()
      tagged = outcome instanceof Promise ? await outcome : await this.#drain(outcome)
    } catch (error) {
      if (error === hungUp) return null
      const refused = refusalOf(error, came.by === 'uid' ? full.slice(4) : full)
      if (refused === null) throw error
      if (refused.status === 'BAD') return { ...refused, text: badArguments(full, refused.text).text }
      tagged = refused
    }
    if (handler.updates === 'none' || tagged.status === 'BAD') return tagged
    const tell = handler.updates === 'all' || (handler.updates === 'by-uid' && came.by === 'uid')
    if (account.selected === null) return tagged
    // What FETCH brings along has no UID of its own accord.
    const by = full === 'UID FETCH' ? 'sequence' : came.by
    const { text, code } = await account.sync(tell ? 'tell' : 'withhold', by)
    await this.#transcript.send(text)
    if (code === null) return tagged
    if (tagged.code === undefined && tagged.status === 'OK') return { ...tagged, code }
    // There is room for one code.
    await this.#transcript.send(`* OK [${code}] Highest\r\n`)
    return tagged
  }

  async #drain(outcome: Exclude<Outcome, Promise<Tagged>>): Promise<Tagged> {
    let answer: Answer
    for (;;) {
      const step = await outcome.next(answer)
      if (step.done === true) return step.value
      answer = undefined
      if (typeof step.value === 'string' || step.value instanceof Uint8Array) {
        await this.#transcript.send(step.value)
        if (this.#parts.wire.ended) {
          this.#closing = 'Connection closed'
          throw hungUp
        }
      } else {
        answer = await this.#ask(step.value)
      }
    }
  }

  async #ask(ask: Ask): Promise<Uint8Array | string> {
    const { wire } = this.#parts
    if (ask.ask === 'line') {
      const line = await wire.line(this.#longestLine() * argumentsAllowed, idleTimeout)
      if (line.kind === 'line') return line.text
    } else {
      if (ask.waits === 'for-continuation') {
        await this.#transcript.send('+ OK\r\n')
        this.#transcript.tell('answer')
      }
      const bytes = await wire.bytes(ask.size, idleTimeout)
      if (bytes.kind === 'bytes') {
        this.#facts.data(bytes.bytes)
        return bytes.bytes
      }
    }
    this.#closing = 'Connection closed'
    throw hungUp
  }

  /** The line with its literals and what follows them; null when the session is over. */
  async #literals(first: string, which: 'all' | 'mailbox'): Promise<string | null> {
    const limit = this.#longestLine()
    let text = first
    // Of APPEND only the mailbox; the messages are read when they are wanted.
    if (which === 'mailbox' && !/^ *\{\d+\+?\}$/.test(first)) return text
    for (let start = literalAtEnd(text); start !== null;) {
      if (start.size > limit || text.length + start.size > limit * argumentsAllowed) {
        await this.#hangUp('Literal size too large')
        return null
      }
      try {
        const bytes = await this.#ask({ ask: 'literal', ...start })
        const line = await this.#ask({ ask: 'line' })
        text = `${text}\r\n${Buffer.from(bytes as Uint8Array).toString('latin1')}${line as string}`
        if (which === 'mailbox') return text
        start = literalAtEnd(line as string)
      } catch (error) {
        if (error === hungUp) return null
        throw error
      }
    }
    return text
  }

  async #idle(tag: string, account: Account): Promise<void> {
    const { wire, machine } = this.#parts
    this.#step('IDLE')
    const started = this.#now()
    const line = await idle({
      account,
      wire,
      clock: machine.clock,
      send: async (text) => {
        await this.#transcript.send(text)
        this.#transcript.tell('unasked')
      },
      interval: this.#parts.settings.time('imap_idle_notify_interval') || 2 * 60_000,
    })
    if (line.kind === 'end') {
      this.#closing = 'Connection closed'
      return
    }
    if (line.kind !== 'line') return this.#hangUp('Disconnected for inactivity.')
    this.#step('done')
    this.#facts.command(line.text, 'DONE')
    const good = line.text.toUpperCase() === 'DONE'
    const tagged: Tagged = good
      ? { status: 'OK', text: 'Idle completed' }
      : { status: 'BAD', text: 'Expected DONE' }
    await this.#transcript.tagged(tag, tagged, this.#timing(started))
  }

  /** Where an accepted command leads. */
  #follow(name: ImapName, tagged: Tagged, account: Account): void {
    if (name === 'SELECT' || name === 'EXAMINE') {
      this.#step(name)
      this.#step(account.selected === null ? 'not-selected' : 'selected')
    } else if (tagged.status === 'OK') {
      this.#step(name)
    }
  }

  async #refuse(tag: string, tagged: Tagged, started: number): Promise<void> {
    if (tagged.status === 'BAD' && ++this.#bad > badCommandsAllowed) {
      return this.#hangUp('Too many invalid IMAP commands.')
    }
    if (tagged.status !== 'BAD') this.#bad = 0
    await this.#transcript.tagged(tag, tagged, this.#timing(started))
  }

  async #hangUp(reason: string): Promise<void> {
    this.#closing = reason
    await this.#transcript.unasked(`* BYE ${reason}`)
  }

  async #end(): Promise<void> {
    const { wire } = this.#parts
    try {
      if (this.#account !== null) this.#parts.shared.accounts.delete(this.#account)
      this.#account?.notifications.end()
      await this.#account?.close()
    } catch (error) {
      if (refusalOf(error, 'LOGOUT') === null) this.#facts.fault(error)
    }
    wire.close()
    if (this.#snapshot.status === 'active') this.#step('hang-up')
    this.#facts.closed(this.#closing ?? 'Connection closed')
    this.#login?.end(this.#closing ?? 'Connection closed')
  }

  #step(type: ImapSessionStep['type']): void {
    const [next] = transition(imapSession, this.#snapshot, { type } as ImapSessionStep)
    this.#facts.state(stateName(this.#snapshot), stateName(next))
    this.#snapshot = next
  }

  #longestLine(): number {
    return this.#parts.settings.size('imap_max_line_length') || 65_536
  }

  #now(): number {
    return this.#parts.machine.clock.now()
  }

  /** How long the command took, in all and waiting for disks: Dovecot tells it every client. */
  #timing(started: number): string {
    const milliseconds = Math.max(1, Math.round(this.#now() - started))
    return ` (${(milliseconds / 1000).toFixed(3)} + 0.000 secs).`
  }
}

/** The connection is over in the midst of a command. */
const hungUp = new Error('the connection is over')

/** Commands that are none once the user is known. */
const beforeLogin: ReadonlySet<string> = new Set<ImapName>(['LOGIN', 'AUTHENTICATE', 'STARTTLS'])
