/**
 * One ManageSieve session: the loop that reads a command, asks the chart and a handler, and alone writes.
 *
 * RFC 5804. The texts, times and limits are Pigeonhole's.
 */
import { initialTransition, transition, type SnapshotFrom } from 'xstate'
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { SessionFacts } from '#engine/wire-facts.ts'
import { dovecotTls, isSecured, plaintextRefused } from '#engine/wire-tls.ts'
import type { Wire } from '#engine/wire.ts'
import { ScriptFolder } from '#mailbox/scripts/folder.ts'
import { enabledExtensions, scriptLimit } from '#mailbox/scripts/options.ts'
import { scriptPlaces } from '#mailbox/scripts/places.ts'
import { DiskError } from '#platform/disk.ts'
import { decodeBase64, encodeBase64 } from '#protocol/bytes/base64.ts'
import { accepts, stateName } from '#protocol/chart.ts'
import type { SaslContext, SaslExchange, SaslServer, SaslStep } from '#protocol/sasl/mechanism.ts'
import { noSuchPlace } from '#protocol/sieve/compilation.ts'
import { writeString, type Word } from '#protocol/sieve/managesieve/arguments.ts'
import {
  bye,
  no,
  ok,
  withData,
  writeReply,
  type ManageSieveReply,
} from '#protocol/sieve/managesieve/reply.ts'
import { manageSieveSession, type ManageSieveStep } from '#protocol/sieve/managesieve.machine.ts'
import { CommandInput, type NextWord } from './input.ts'
import {
  checkScript,
  handlers,
  isSyntax,
  nameRefusal,
  putScript,
  tooLarge,
  type ScriptWorld,
} from './scripts.ts'

export type SessionParts = {
  readonly machine: Machine
  readonly wire: Wire
  readonly sasl: SaslServer
  readonly settings: DovecotSettings
  readonly home: (user: string) => Promise<string | null>
}

const loginTimeout = 3 * 60_000
const idleTimeout = 30 * 60_000
const longestLoginLine = 4096
const longestLine = 128 * 1024
const longestLiteral = 64 * 1024
const badCommandsBeforeLogin = 3
const badCommandsAfterLogin = 21

const uploads: readonly string[] = ['PUTSCRIPT', 'CHECKSCRIPT']

export class ManageSieveSession {
  readonly #parts: SessionParts
  readonly #facts: SessionFacts
  #snapshot: SnapshotFrom<typeof manageSieveSession> = initialTransition(manageSieveSession)[0]
  #world: ScriptWorld | null = null
  #exchange: { readonly mechanism: string; readonly exchange: SaslExchange; final: SaslStep | null } | null =
    null
  /** The client gave up once: Dovecot then takes a missing first response as an empty one. */
  #aborted = false
  #tlsPossible = false
  #bad = 0
  #closing: string | null = null

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#facts = new SessionFacts(parts.machine, 'sieved')
  }

  async run(): Promise<void> {
    const { wire, machine, settings, sasl } = this.#parts
    try {
      const { name } = await machine.resolver.nameOf(wire.remote.address)
      this.#facts.opened(wire, 'sieve', name ?? 'unknown')
      await sasl.prepare?.()
      this.#tlsPossible = (await this.#certificate()) !== null
      await this.#say(withData(ok(settings.text('login_greeting')), this.#capabilities()), 'unasked')
      while (this.#closing === null) await this.#turn()
    } catch (error) {
      this.#facts.fault(error)
      this.#closing = 'Internal error'
      await wire.write(writeReply(bye('Internal error occurred. Refer to server log for more information.')))
    } finally {
      wire.close()
      if (this.#snapshot.status === 'active') this.#step('hang-up')
      this.#facts.closed(this.#closing ?? 'Connection closed')
    }
  }

  async #turn(): Promise<void> {
    const { wire } = this.#parts
    const inside = this.#world !== null
    const line = await wire.line(inside ? longestLine : longestLoginLine, inside ? idleTimeout : loginTimeout)
    switch (line.kind) {
      case 'end':
        this.#closing = 'Connection closed'
        return
      case 'timeout':
        return this.#hangUp(bye('Disconnected for inactivity.'), 'Disconnected for inactivity')
      case 'too-long':
        return this.#hangUp(
          bye(inside ? 'Input line too long.' : 'Input buffer full, aborting'),
          'Input line too long',
        )
      case 'line': {
        if (this.#exchange !== null) return this.#answer(line.text)
        const input = new CommandInput(line.text, wire, inside ? idleTimeout : loginTimeout)
        return inside ? this.#command(input) : this.#loginCommand(input)
      }
      default:
        return line satisfies never
    }
  }

  // --- before login

  async #loginCommand(input: CommandInput): Promise<void> {
    const { verb } = input
    this.#facts.command(masked(input.line, verb), verb)
    // What comes after the two words of AUTHENTICATE is not looked at.
    const words = await input.all(2, longestLiteral, verb === 'AUTHENTICATE' ? 'ignore' : 'refuse')
    if (!isWords(words)) {
      words.kind === 'gone' ? this.#gone() : this.#badLogin()
      return
    }
    const [first, second] = words
    const type = verb as ManageSieveStep['type']
    const known = ['AUTHENTICATE', 'STARTTLS', 'CAPABILITY', 'NOOP', 'LOGOUT'].includes(verb)
    if (!known || !accepts(this.#snapshot, { type })) return this.#badLogin()
    if (verb === 'AUTHENTICATE') {
      if (first?.kind !== 'string' || (second !== undefined && second.kind !== 'string'))
        return this.#badLogin()
      return this.#authenticate(first.text.toUpperCase(), second?.text ?? null)
    }
    if (
      verb === 'NOOP'
        ? second !== undefined || (first !== undefined && first.kind !== 'string')
        : first !== undefined
    )
      return this.#badLogin()
    switch (verb) {
      case 'STARTTLS':
        return this.#startTls()
      case 'CAPABILITY':
        return this.#done(type, withData(ok('Capability completed.'), this.#capabilities()))
      case 'NOOP':
        return this.#done(type, noop(first))
      default:
        this.#closing = 'Logged out'
        return this.#done(type, ok('Logout completed.'))
    }
  }

  async #badLogin(): Promise<void> {
    if (++this.#bad >= badCommandsBeforeLogin) {
      return this.#hangUp(bye('Too many invalid MANAGESIEVE commands.'), 'Too many invalid commands')
    }
    await this.#say(no('Error in MANAGESIEVE command received by server.'))
  }

  async #authenticate(mechanism: string, initial: string | null): Promise<void> {
    const { sasl, settings, wire } = this.#parts
    if (settings.text('ssl') === 'required' && !isSecured(wire)) {
      return this.#say(no('Authentication not allowed until SSL/TLS is enabled.', 'ENCRYPT-NEEDED'))
    }
    const exchange = this.#announced().includes(mechanism) ? sasl.begin(mechanism, this.#context()) : null
    if (exchange === null) return this.#say(no('Unsupported authentication mechanism.'))
    if (isPlaintext(mechanism) && plaintextRefused(settings, wire))
      return this.#say(no('Plaintext authentication disabled.'))
    const written = initial ?? (this.#aborted ? '' : null)
    const response = written === null ? null : decodeBase64(written)
    if (written !== null && response === null) return this.#say(no('Invalid base64 data in initial response'))
    this.#step('AUTHENTICATE')
    this.#exchange = { mechanism, exchange, final: null }
    await this.#saslStep(await exchange.start(response))
  }

  /** A string that answers a SASL challenge. */
  async #answer(line: string): Promise<void> {
    const under = this.#exchange
    if (under === null) return
    const input = new CommandInput(`AUTHENTICATE ${line}`, this.#parts.wire, loginTimeout)
    const word = await input.next(longestLiteral)
    this.#facts.command('{secret}', 'AUTHENTICATE')
    if (word.kind === 'gone') {
      this.#gone()
      return
    }
    if (word.kind !== 'word' || word.word.kind !== 'string') {
      this.#exchange = null
      this.#step('not-authenticated')
      return this.#badLogin()
    }
    const { text } = word.word
    const response = text === '*' ? null : decodeBase64(text)
    if (response === null) {
      this.#facts.auth(under.mechanism, 'cancelled')
      this.#exchange = null
      this.#aborted ||= text === '*'
      this.#step('not-authenticated')
      return this.#say(
        no(text === '*' ? 'Authentication aborted by client.' : 'Invalid base64 data in continued response'),
      )
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
    this.#facts.auth(under.mechanism, step)
    if (step.kind === 'ok') return this.#open(step.username)
    const { machine, settings } = this.#parts
    this.#step('not-authenticated')
    const delay = settings.time('auth_failure_delay')
    if (delay > 0) await machine.clock.sleep(delay)
    await this.#say(
      step.failure === 'unavailable'
        ? no('Temporary authentication failure.', 'TRYLATER')
        : no('Authentication failed.'),
    )
  }

  async #challenge(data: Uint8Array): Promise<void> {
    this.#step('challenge')
    const text = writeString(encodeBase64(data))
    this.#facts.reply({ code: '', status: null, lines: [text] })
    await this.#parts.wire.write(`${text}\r\n`)
  }

  async #open(user: string): Promise<void> {
    const { home, settings, machine } = this.#parts
    const folder = await home(user)
    const places = folder === null ? null : scriptPlaces(settings, { name: user, home: folder })
    if (places?.folder == null) {
      this.#step('not-authenticated')
      return this.#hangUp(
        bye('Internal login failure. Refer to server log for more information.'),
        'No script storage',
      )
    }
    const { global } = places
    const shared = global === null ? null : new ScriptFolder(machine.disk, { ...places, folder: global })
    this.#world = {
      settings,
      folder: new ScriptFolder(machine.disk, { ...places, folder: places.folder }),
      global: async (name) => (shared === null ? noSuchPlace : shared.read(name)),
    }
    this.#bad = 0
    this.#step('authenticated')
    await this.#say(ok('Logged in.'))
  }

  async #startTls(): Promise<void> {
    const { wire } = this.#parts
    if (wire.secure) return this.#say(no('TLS is already active.'))
    if (!this.#tlsPossible) return this.#say(no("TLS support isn't enabled."))
    await this.#say(ok('Begin TLS negotiation now.'))
    this.#step('STARTTLS')
    const context = await this.#certificate()
    const result =
      context === null
        ? ({ kind: 'failed', reason: 'no certificate' } as const)
        : await wire.startTls(context, loginTimeout)
    this.#facts.tls(result)
    if (result.kind === 'failed') {
      this.#closing = `TLS handshaking failed: ${result.reason}`
      return
    }
    this.#step('tls-established')
    // RFC 5804 §2.2: what the server can do it says again.
    await this.#say(withData(ok('TLS negotiation successful.'), this.#capabilities()), 'unasked')
  }

  // --- after login

  async #command(input: CommandInput): Promise<void> {
    const { verb } = input
    this.#facts.command(input.line, verb)
    const world = this.#world
    const handler = handlers[verb]
    const type = verb as ManageSieveStep['type']
    const known =
      handler !== undefined || uploads.includes(verb) || ['CAPABILITY', 'NOOP', 'LOGOUT'].includes(verb)
    if (world === null || !known) return this.#badCommand(verb, 'Unknown command')
    try {
      if (uploads.includes(verb)) {
        await this.#upload(input, world)
        return
      }
      const words = await input.all(handler?.words ?? (verb === 'NOOP' ? 1 : 0), longestLiteral)
      if (!isWords(words)) {
        await this.#badWords(verb, words)
        return
      }
      if (handler !== undefined) {
        const reply = await handler.run(words, world)
        isSyntax(reply) ? await this.#badCommand(verb, reply.text) : await this.#done(type, reply)
        return
      }
      switch (verb) {
        case 'CAPABILITY': {
          await this.#done(type, withData(ok('Capability completed.'), this.#capabilities()))
          return
        }
        case 'NOOP': {
          await this.#done(type, noop(words[0]))
          return
        }
        default:
          this.#closing = 'Logged out'
          {
            await this.#done(type, ok('Logout completed.'))
            return
          }
      }
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#facts.logged('error', error.message)
      await this.#say(no('Internal error occurred. Refer to server log for more information.', 'TRYLATER'))
    }
  }

  /** PUTSCRIPT and CHECKSCRIPT: the script is the last word. */
  async #upload(input: CommandInput, world: ScriptWorld): Promise<void> {
    const { verb } = input
    let name = ''
    if (verb === 'PUTSCRIPT') {
      const first = await input.next(longestLiteral)
      if (first.kind === 'end') return this.#badCommand(verb, 'Missing arguments')
      if (first.kind !== 'word') return this.#badWords(verb, first)
      if (first.word.kind !== 'string') return this.#badCommand(verb, 'Invalid arguments')
      name = first.word.text
    }
    const limit = scriptLimit(world.settings)
    const script = await input.next(limit > 0 ? limit : 64 * 1024 * 1024)
    const refusal = verb === 'PUTSCRIPT' ? nameRefusal(name) : null
    if (script.kind === 'too-large')
      return this.#done(
        'PUTSCRIPT',
        refusal ?? tooLarge(world.settings, script.length) ?? no('Script is too large.'),
      )
    if (script.kind === 'end') return this.#badCommand(verb, 'Invalid arguments')
    if (script.kind !== 'word') return this.#badWords(verb, script)
    if (script.word.kind !== 'string') return this.#badCommand(verb, 'Invalid arguments')
    const more = await input.next(longestLiteral)
    if (more.kind === 'gone') {
      this.#gone()
      return
    }
    if (more.kind !== 'end') return this.#badCommand(verb, 'Too many command arguments')
    const { text } = script.word
    if (verb === 'CHECKSCRIPT') return this.#done('CHECKSCRIPT', await checkScript(text, world))
    await this.#done('PUTSCRIPT', refusal ?? (await putScript(name, text, world)))
  }

  async #badWords(verb: string, next: Exclude<NextWord, { kind: 'word' }>): Promise<void> {
    switch (next.kind) {
      case 'gone': {
        this.#gone()
        return
      }
      case 'too-large':
        return this.#badCommand(verb, 'Too long argument')
      case 'wrong':
        return this.#badCommand(verb, next.problem)
      default:
        return this.#badCommand(verb, 'Missing arguments')
    }
  }

  async #badCommand(verb: string, problem: string): Promise<void> {
    if (++this.#bad >= badCommandsAfterLogin) {
      return this.#hangUp(bye('Too many invalid MANAGESIEVE commands.'), 'Too many invalid commands')
    }
    await this.#say(no(`Error in MANAGESIEVE command ${verb}: ${problem}.`))
  }

  // --- both

  #capabilities(): readonly string[] {
    const { settings, wire } = this.#parts
    const inside = this.#world !== null
    return [
      `"IMPLEMENTATION" ${writeString(settings.text('managesieve_implementation_string'))}`,
      `"SIEVE" ${writeString(enabledExtensions(settings).join(' '))}`,
      ...(inside ? [`"MAXREDIRECTS" "${settings.plugin('sieve_max_redirects') ?? '4'}"`] : []),
      `"NOTIFY" ${writeString(settings.text('managesieve_notify_capability') || 'mailto')}`,
      ...(inside ? [] : [`"SASL" ${writeString(this.#mechanismsNow().join(' '))}`]),
      ...(!inside && this.#tlsPossible && !wire.secure ? ['"STARTTLS"'] : []),
      '"VERSION" "1.0"',
    ]
  }

  #announced(): readonly string[] {
    return this.#parts.sasl.mechanisms(this.#context()).filter((name) => name !== 'APOP')
  }

  #mechanismsNow(): readonly string[] {
    const { settings, wire } = this.#parts
    if (settings.text('ssl') === 'required' && !isSecured(wire)) return []
    return this.#announced().filter((name) => !isPlaintext(name) || !plaintextRefused(settings, wire))
  }

  #certificate() {
    const { machine, settings } = this.#parts
    return dovecotTls(machine, settings, (text) => this.#facts.logged('error', text))
  }

  async #done(type: ManageSieveStep['type'], reply: ManageSieveReply): Promise<void> {
    if (this.#world !== null) this.#bad = 0
    await this.#say(reply)
    if (reply.status === 'OK') this.#step(type)
  }

  async #say(reply: ManageSieveReply, how: 'answer' | 'unasked' = 'answer'): Promise<void> {
    const { status, code, text, data } = reply
    const lines = [text, ...data]
    this.#facts.reply(
      { code: status, status: code === null ? null : `(${code})`, lines },
      how === 'unasked' ? true : undefined,
    )
    await this.#parts.wire.write(writeReply(reply))
  }

  async #hangUp(reply: ManageSieveReply, reason: string): Promise<void> {
    this.#closing = reason
    await this.#say(reply, 'unasked')
  }

  #gone(): void {
    this.#closing = 'Connection closed'
  }

  #step(type: ManageSieveStep['type']): void {
    const [next] = transition(manageSieveSession, this.#snapshot, { type })
    this.#facts.state(stateName(this.#snapshot), stateName(next))
    this.#snapshot = next
  }

  #context(): SaslContext {
    const { wire } = this.#parts
    return {
      service: 'sieve',
      tls: wire.secure,
      client: wire.remote.address,
      local: wire.local.address,
      session: this.#facts.session,
    }
  }
}

const isPlaintext = (mechanism: string): boolean => mechanism === 'PLAIN' || mechanism === 'LOGIN'

const isWords = (words: readonly Word[] | Exclude<NextWord, { kind: 'word' }>): words is readonly Word[] =>
  Array.isArray(words)

function noop(word: Word | undefined): ManageSieveReply {
  if (word === undefined) return ok('NOOP Completed')
  return word.kind === 'string' ? ok('Done', `TAG ${writeString(word.text)}`) : no('Invalid echo tag.')
}

/** Proofs never reach the trace. */
const masked = (line: string, verb: string): string =>
  verb === 'AUTHENTICATE' ? line.replace(/^(\s*\S+\s+"[^"]*"\s+).+$/, '$1{secret}') : line
