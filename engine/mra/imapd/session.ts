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
import { readArguments, type Arguments } from '#protocol/imap/tokens.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import { withoutSecrets } from '#protocol/secrets.ts'
import type { Account, SharedState } from './account.ts'
import { readCommandLine, type CommandLine } from './command-line.ts'
import { firstArgumentEnd } from './first-argument.ts'
import { hasLongArgument } from './long-argument.ts'
import { handlers } from './commands/index.ts'
import { idle } from './idle.ts'
import { HangUp, hungUp, Input } from './input.ts'
import { LoginDialogue } from './login-dialogue.ts'
import { isMetadata, metadata, type MetadataName } from './metadata.ts'
import type { ImapHandler, Tagged } from './outcome.ts'
import { breaksMailbox, bringsNews, expungesAfter, perform, withNews, type Finished } from './perform.ts'
import { hasQuota } from './quota.ts'
import { badArguments, deletedUnderUs, refusalOf } from './refusal.ts'
import { leftWhile, type Standing } from './session-log.ts'
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

const badCommandsAllowed = 20
/** So many commands of a client are held at a time. */
const mostAtOnce = 4
type Command = Extract<CommandLine, { kind: 'command' }>

export class ImapSession {
  readonly #parts: ImapSessionParts
  readonly #facts: SessionFacts
  readonly #transcript: Transcript
  readonly #input: Input
  #standing: Standing = { kind: 'none' }
  #snapshot: SnapshotFrom<typeof imapSession> = initialTransition(imapSession)[0]
  #account: Account | null = null
  #bad = 0
  readonly #finished: Finished[] = []
  #closing: string | null = null
  #login: LoginDialogue | null = null

  constructor(parts: ImapSessionParts) {
    this.#parts = parts
    this.#facts = new SessionFacts(parts.machine, 'imapd')
    this.#transcript = new Transcript(parts.wire, this.#facts)
    this.#input = new Input({ ...parts, facts: this.#facts, transcript: this.#transcript })
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
    if (this.#bad >= badCommandsAllowed) return this.#hangUp('Too many invalid IMAP commands.')
    if (account.broken?.when === 'at-once') return this.#hangUp(account.broken.reason)
    this.#input.lookedAt()
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
      this.#facts.command(withoutSecrets(line.text), '')
      const tag = came.kind === 'bad-tag' ? '*' : came.tag
      const what = came.kind === 'bad-tag' ? 'tag: Invalid tag' : 'command: Invalid command name'
      return this.#refuse(tag, { status: 'BAD', text: `Error in IMAP ${what}` }, this.#now())
    }
    try {
      await account.working(() => this.#command(came, account))
      const command = came.by === 'uid' ? `UID ${came.name}` : came.name
      this.#standing = { kind: 'finished', command, at: this.#now() }
    } catch (error) {
      if (error instanceof HangUp) return this.#hangUp(error.message, error.code)
      if (error !== hungUp) throw error
      this.#closing = 'Connection closed'
    }
  }

  /** Waits; what the client asked to be notified of is told meanwhile. */
  async #nextLine(account: Account): Promise<WireLine> {
    if (this.#finished.length > 0 && !this.#parts.wire.hasLine)
      await account.working(() => this.#settle(account))
    const line = this.#input.line()
    if (!account.notifications.active) return line
    for (;;) {
      const first = await Promise.race([line, account.changed.wait()])
      if (first !== undefined) return first
      account.changed.heard()
      // Several changes in a row are told together.
      const ended = await Promise.race([line, this.#parts.machine.clock.sleep(account.notifications.delay)])
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
    if (isMetadata(full)) return this.#metadata(command, full, account)
    if (!known || hidden || !isImapName(name)) {
      this.#facts.command(withoutSecrets(`${tag} ${full}${command.args}`), name)
      this.#input.lookedAt(unread(command.args))
      return this.#refuse(tag, unavailable(full) ?? badArguments(full, 'Unknown command'), started)
    }
    const args = await this.#input.literals(command.args, name === 'APPEND' ? 'mailbox' : 'all')
    this.#input.lookedAt(commands[name].syntax === name ? unread(command.args) : 0)
    this.#facts.command(withoutSecrets(`${tag} ${full}${args}`), name)
    const read = this.#read(name, args)
    if (read.ok && !accepts(this.#snapshot, { type: name })) {
      return this.#refuse(tag, { status: 'BAD', text: 'No mailbox selected' }, started)
    }
    // The literal was asked for before it was seen that the line goes on.
    if (!read.ok && /^Missing LF/.test(read.message) && !/\+\}/.test(args))
      await this.#transcript.send('+ OK\r\n')
    const parsed: ImapParsed = read.ok ? commands[name].parse(read.args, by) : read
    if (!parsed.ok) {
      const refused: Tagged =
        'no' in parsed
          ? { status: 'NO', code: parsed.code, text: parsed.no }
          : badArguments(full, parsed.message)
      return this.#refuse(tag, refused, started)
    }
    if (name === 'IDLE') {
      await this.#settle(account)
      return this.#idle(tag, account)
    }
    if (name === 'APPEND') this.#standing = { kind: 'appending', since: started, input: this.#input }
    const handler = handlers[parsed.command.name] as ImapHandler<typeof parsed.command> | undefined
    if (handler === undefined) return this.#refuse(tag, badArguments(full, 'Unknown command'), started)
    const came = { tag, by, line: args }
    // `$` is what a search before it found: RFC 5182 §2.1.
    const asksSaved = /^ *\$ /.test(args) && this.#finished.some((one) => one.full.endsWith('SEARCH'))
    if (breaksMailbox.has(name) || asksSaved) await this.#settle(account)
    const tagged = await perform(() => handler.run(parsed.command, account, came), {
      account,
      full,
      by,
      wire: this.#parts.wire,
      transcript: this.#transcript,
      input: this.#input,
    })
    if (handler.updates !== 'none' || name === 'CLOSE') {
      if ((await this.#withoutMailbox(name, tagged, account)) === 'over') return
    }
    this.#follow(name, tagged, account)
    if (tagged.status === 'BAD') return this.#refuse(tag, tagged, started)
    this.#bad = 0
    const more = this.#parts.wire.hasLine
    const told = handler.updates !== 'none' && bringsNews(name, tagged)
    if (told && account.selected !== null && account.broken === null) {
      const expunges = expungesAfter(handler.updates, by)
      this.#finished.push({ tag, tagged, full, by, expunges, started })
      if (!more || this.#finished.length >= mostAtOnce) return this.#settle(account)
      // The next command sees what this one did.
      return account.selected.look('without-arrivals')
    }
    await this.#transcript.tagged(tag, tagged, this.#timing(started))
    if (name === 'COMPRESS' && tagged.status === 'OK') this.#parts.wire.deflate()
    if (name === 'LOGOUT') this.#closing = 'Logged out'
  }

  /** Of commands that came together the client hears that they are done when no more is there to do. */
  async #settle(account: Account): Promise<void> {
    const finished = this.#finished.splice(0)
    for (const expunges of ['withhold', 'tell'] as const) {
      const group = finished.filter((one) => one.expunges === expunges)
      for (const { tag, tagged, started } of await withNews(group, account, this.#transcript))
        await this.#transcript.tagged(tag, tagged, this.#timing(started))
    }
  }

  async #metadata({ tag, args }: Command, name: MetadataName, account: Account): Promise<void> {
    const started = this.#now()
    const text = await this.#input.literals(args, 'all')
    this.#input.lookedAt()
    this.#facts.command(`${tag} ${name}${text}`, name)
    const read = readArguments(text)
    if (!read.ok) return this.#refuse(tag, badArguments(name, read.message), started)
    const { untagged, tagged } = await metadata(name, read.args, account)
    await this.#transcript.send(untagged)
    return this.#refuse(tag, tagged, started)
  }

  /** The mailbox went while the command ran, or before: a refusal is told, and then it is over. */
  async #withoutMailbox(name: ImapName, tagged: Tagged, account: Account): Promise<'over' | 'goes-on'> {
    const { broken } = account
    if (broken === null || tagged.status === 'BAD') return 'goes-on'
    if (tagged.status === 'NO' && name === 'MOVE') return 'goes-on'
    if (tagged.status === 'NO' && name !== 'FETCH') {
      account.broken = { ...broken, when: 'at-once' }
      return 'goes-on'
    }
    if (name === 'FETCH') {
      await this.#hangUp(`FETCH failed: ${deletedUnderUs.text}`)
      return 'over'
    }
    if (name === 'CLOSE') await this.#transcript.send(`* NO ${deletedUnderUs.text}\r\n`)
    else this.#input.lookedAtAll()
    await this.#hangUp(broken.reason)
    return 'over'
  }

  #read(name: ImapName, text: string): Arguments {
    // A command that takes no arguments reads none.
    if (commands[name].syntax === name) return { ok: true, args: [] }
    const first = name === 'APPEND' ? text.slice(0, firstArgumentEnd(text)) : text
    if (first.length > this.#input.longestLine() && hasLongArgument(first, this.#input.longestLine())) {
      return { ok: false, message: 'Too long argument', rest: '' }
    }
    return readArguments(first)
  }

  async #idle(tag: string, account: Account): Promise<void> {
    const { wire, machine } = this.#parts
    this.#step('IDLE')
    const started = this.#now()
    const before = this.#transcript.written
    this.#standing = {
      kind: 'idling',
      since: started,
      written: () => this.#transcript.written - before,
    }
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
    if (line.kind === 'end') throw hungUp
    this.#input.lookedAtAll()
    if (line.kind === 'broken') return this.#hangUp(line.reason)
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
    if (tagged.status === 'BAD') this.#bad++
    else this.#bad = 0
    await this.#transcript.tagged(tag, tagged, this.#timing(started))
  }

  async #hangUp(reason: string, code: string | null = null): Promise<void> {
    this.#closing = reason
    await this.#transcript.unasked(`* BYE ${code === null ? '' : `[${code}] `}${reason}`)
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
    const reason = this.#closing ?? 'Connection closed'
    this.#facts.closed(reason)
    this.#login?.end(reason)
    if (this.#account === null) return
    const left = reason === 'Connection closed'
    if (left) this.#input.lookedAtAll()
    const why = left ? leftWhile(this.#standing, this.#now()) : reason
    this.#login?.sessionLog?.end(why, this.#account, this.#input.read)
  }

  #step(type: ImapSessionStep['type']): void {
    const [next] = transition(imapSession, this.#snapshot, { type } as ImapSessionStep)
    this.#facts.state(stateName(this.#snapshot), stateName(next))
    this.#snapshot = next
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

/** What a command that takes no arguments leaves of its line: all but the blank before it. */
const unread = (args: string): number => args.slice(1).length

/** Commands that are none once the user is known. */
const beforeLogin: ReadonlySet<string> = new Set<ImapName>(['LOGIN', 'AUTHENTICATE', 'STARTTLS'])
