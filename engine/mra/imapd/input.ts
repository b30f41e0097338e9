/**
 * What a client sends once it is logged in: lines, and the literals within them. Knows how far into the stream a session
 * has looked, which the mail log tells at its end.
 *
 * RFC 3501 §4.3; RFC 7888.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { SessionFacts } from '#engine/wire-facts.ts'
import type { Wire, WireLine } from '#engine/wire.ts'
import { literalAtEnd, type LiteralStart } from '#protocol/imap/tokens.ts'
import type { Ask } from './outcome.ts'
import type { Transcript } from './transcript.ts'

export const idleTimeout = 30 * 60_000
/** One argument may be as long as imap_max_line_length, a command so many times as long. */
const argumentsAllowed = 16
/** No larger message is held in memory. */
export const largestKept = 256 * 1024 * 1024
const passedAtOnce = 65_536
/** LITERAL-: RFC 7888 §5. */
const mostWithoutWaiting = 4096

/** The connection is over in the midst of a command. */
export const hungUp = new Error('the connection is over')
/** The server ends the session in the midst of a command, and says why. */
export class HangUp extends Error {
  readonly code: string | null
  constructor(reason: string, code: string | null = null) {
    super(reason)
    this.code = code
  }
}
export const tooLarge = (): HangUp => new HangUp('Literal size too large')

export type InputParts = {
  readonly wire: Wire
  readonly transcript: Transcript
  readonly facts: SessionFacts
  readonly settings: DovecotSettings
}

export class Input {
  readonly #parts: InputParts
  /** Of all that came, what was looked at: the end of a line that is answered is left for later. */
  read = 0
  /** A literal that was asked for last. */
  awaited = { from: 0, size: 0, messages: 0 }

  #putBack: string | null = null
  #overlooks = false

  constructor(parts: InputParts) {
    this.#parts = parts
  }

  longestLine(): number {
    return this.#parts.settings.size('imap_max_line_length') || 65_536
  }

  async line(): Promise<WireLine> {
    if (this.#putBack !== null) {
      const text = this.#putBack
      this.#putBack = null
      return { kind: 'line', text }
    }
    const line = await this.#nextLine()
    if (!this.#overlooks || line.kind !== 'line') return line
    this.#overlooks = literalAtEnd(line.text) !== null
    return this.line()
  }

  #nextLine(): Promise<WireLine> {
    return this.#parts.wire.line(this.longestLine() * argumentsAllowed, idleTimeout)
  }

  /** A line was read; it is looked at but for its end, and so many bytes of it. */
  lookedAt(unread = 0): void {
    this.read = this.#parts.wire.taken - this.#parts.wire.lineEnd - unread
  }

  lookedAtAll(): void {
    this.read = this.#parts.wire.taken
  }

  async ask(ask: Ask): Promise<Uint8Array | string> {
    switch (ask.ask) {
      case 'line':
        return this.#text()
      case 'literal':
        return this.#literal(ask)
      case 'to-skip-lines':
        while (literalAtEnd(await this.#text()) !== null);
        return ''
      case 'to-overlook-line':
        this.#overlooks = true
        return ''
      case 'to-put-back':
        this.#putBack = ask.text
        return ''
      default:
        return ask satisfies never
    }
  }

  async #text(): Promise<string> {
    const line = await this.line()
    if (line.kind !== 'line') throw hungUp
    return line.text
  }

  async #literal({ size, waits }: LiteralStart): Promise<Uint8Array> {
    if (
      waits === 'for-nothing' &&
      size > mostWithoutWaiting &&
      this.#parts.settings.flag('imap_literal_minus')
    ) {
      this.read++
      throw new HangUp('Non-synchronizing literal size too large', 'TOOBIG')
    }
    const { wire, transcript, facts } = this.#parts
    if (waits === 'for-continuation') {
      await transcript.send('+ OK\r\n')
      transcript.tell('answer')
    }
    this.awaited = { from: wire.taken, size, messages: this.awaited.messages + 1 }
    if (size > largestKept) await this.#pass(size)
    const bytes = await wire.bytes(Math.min(size, largestKept), idleTimeout)
    if (bytes.kind !== 'bytes') throw hungUp
    facts.data(bytes.bytes)
    return bytes.bytes
  }

  /** Of a message that is too large only as much is kept as may be; what comes before that goes by. */
  async #pass(size: number): Promise<void> {
    for (let left = size - largestKept; left > 0;) {
      const bytes = await this.#parts.wire.bytes(Math.min(left, passedAtOnce), idleTimeout)
      if (bytes.kind !== 'bytes') throw hungUp
      left -= bytes.bytes.length
    }
  }

  /** The line with its literals and what follows them. */
  async literals(first: string, which: 'all' | 'mailbox'): Promise<string> {
    const limit = this.longestLine()
    this.awaited.messages = 0
    let text = first
    // Of APPEND only the mailbox; the messages are read when they are wanted.
    if (which === 'mailbox' && !/^ *\{\d+\+?\}$/.test(first)) return text
    for (let start = takenLiteral(text); start !== null;) {
      if (start.size > limit || text.length + start.size > limit * argumentsAllowed) {
        this.read++
        throw tooLarge()
      }
      const bytes = await this.ask({ ask: 'literal', ...start })
      const line = await this.ask({ ask: 'line' })
      text = `${text}\r\n${Buffer.from(bytes as Uint8Array).toString('latin1')}${line as string}`
      if (which === 'mailbox') return text
      start = takenLiteral(line as string)
    }
    return text
  }
}

/** literal8 is for APPEND alone. */
const takenLiteral = (line: string): LiteralStart | null =>
  /~\{\d+\+?\}$/.test(line) ? null : literalAtEnd(line)
