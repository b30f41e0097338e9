/**
 * The message as it arrives, record by record: dots unstuffed, line ends LF, counted and bounded, with the few things
 * that smtpd itself does to the first lines.
 *
 * RFC 5321 §4.5.2; postconf(5): smtpd_forbid_bare_newline, message_size_limit.
 */
import { latin1 } from '#protocol/bytes/text.ts'
import { ChunkLines } from './chunk-lines.ts'
import type { Record } from './input.ts'

/** smtpd_forbid_bare_newline, for this client. */
export type BareNewlines = 'allowed' | 'normalize' | 'reject'

export type MessageProblem = 'too big' | 'no room' | 'bare newline'

export type MessageLimits = {
  /** message_size_limit; 0 is none. */
  readonly size: number
  readonly bareNewlines: BareNewlines
  /** line_length_limit. */
  readonly line: number
}

/** Where no limit is set, memory still is one. */
const ownLimit = 128 * 1024 * 1024
const DOT = 46
const LF = 10

export class MessageReader {
  readonly #limits: MessageLimits
  readonly #chunks: ChunkLines
  #content = new Uint8Array(2048)
  #length = 0
  #size = 0
  #problem: MessageProblem | null = null
  #first = true
  /** How the record before this one ended; a message begins as if after a proper line. */
  #last: Record['end'] = 'crlf'

  constructor(limits: MessageLimits) {
    this.#limits = limits
    this.#chunks = new ChunkLines(limits.line, (record) => {
      this.#add(record, 'kept')
    })
  }

  /** Bytes, every line end counted as two: what Postfix counts. */
  get size(): number {
    return this.#size
  }

  /** The size, and what has come of a line whose end has not. */
  get arrived(): number {
    return this.#size + this.#chunks.begun
  }

  get problem(): MessageProblem | null {
    return this.#problem
  }

  get content(): Uint8Array {
    return this.#content.subarray(0, this.#length)
  }

  /** A record of DATA. 'end' when it is the dot that ends the message. */
  line(record: Record): 'end' | 'more' {
    const { bytes, end } = record
    const before = this.#last
    const startsLine = before !== 'cut'
    if (startsLine && bytes[0] === DOT) {
      if (bytes.length === 1 && end !== 'cut') {
        const standard = end === 'crlf' && before === 'crlf'
        if (standard || this.#limits.bareNewlines === 'allowed') return 'end'
        // CR LF dot CR LF is asked for: this dot ends nothing and is no line of the message either.
        this.#add({ bytes, end }, 'left out')
        return 'more'
      }
      this.#add({ bytes: bytes.subarray(1), end }, 'kept')
      return 'more'
    }
    this.#add(record, 'kept')
    return 'more'
  }

  /** Bytes of a BDAT chunk, in which no dot is special. */
  chunk(bytes: Uint8Array): void {
    this.#chunks.push(bytes)
  }

  /** After the last chunk. */
  endChunks(): void {
    this.#chunks.end()
  }

  #add({ bytes, end }: Record, fate: 'kept' | 'left out'): void {
    this.#last = end
    if (end === 'lf' && this.#limits.bareNewlines === 'reject') this.#problem ??= 'bare newline'
    if (fate === 'left out' || !this.#mayGrow(bytes.length + 2)) return

    if (this.#first) {
      if (isMailboxLine(bytes)) this.#append(mailboxLine)
      else {
        this.#first = false
        // A first line that continues nothing would join the Received header: the header ends before it.
        if (bytes[0] === 32 || bytes[0] === 9) this.#append(newline)
      }
    }
    this.#append(bytes)
    if (end !== 'cut') this.#append(newline)
  }

  #mayGrow(bytes: number): boolean {
    if (this.#problem === 'too big' || this.#problem === 'no room') return false
    const limit = this.#limits.size > 0 ? this.#limits.size : ownLimit
    if (limit - this.#size < bytes) {
      this.#problem = this.#limits.size > 0 ? 'too big' : 'no room'
      this.#content = new Uint8Array(0)
      this.#length = 0
      return false
    }
    this.#size += bytes
    return true
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length
    if (needed > this.#content.length) {
      const larger = new Uint8Array(Math.max(needed, this.#content.length * 2))
      larger.set(this.#content.subarray(0, this.#length))
      this.#content = larger
    }
    this.#content.set(bytes, this.#length)
    this.#length = needed
  }
}

const mailboxLine = latin1('X-Mailbox-Line: ')
const newline = Uint8Array.of(LF)
const from = latin1('From ')

/** `From alice Mon Jan …`, with any number of `>` before it. */
function isMailboxLine(bytes: Uint8Array): boolean {
  let at = 0
  while (bytes[at] === 0x3e) at++
  return from.every((byte, i) => bytes[at + i] === byte)
}
