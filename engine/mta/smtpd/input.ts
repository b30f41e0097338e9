/**
 * What the client sent and nobody has read yet. It hands out records: a line, or as much of a longer one as
 * line_length_limit allows, as Postfix reads them. A full buffer keeps the client waiting.
 *
 * It stands in for the parser of smtp-server, whose rules for lines are others.
 */
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'

export type Record = {
  /** Without its line end. Valid until the next read. */
  readonly bytes: Uint8Array
  /** `cut`: the line is longer, and goes on in the next record. */
  readonly end: 'crlf' | 'lf' | 'cut'
}

const LF = 10
const CR = 13

/** More than the longest line, and small enough for a thousand clients. */
const enough = 65536

export class Input extends SMTPStream {
  #buffer: Buffer = Buffer.alloc(0)
  #at = 0
  #resume: (() => void) | null = null
  #wake: (() => void) | null = null
  #ended = false

  get ended(): boolean {
    return this.#ended
  }

  get waiting(): number {
    return this.#buffer.length - this.#at
  }

  /** A few bytes of what waits, for the log line on improper pipelining. */
  peek(limit: number): Uint8Array {
    return this.#buffer.subarray(this.#at, this.#at + limit)
  }

  /** The next record, or null when it has not arrived. */
  record(limit: number): Record | null {
    const available = this.waiting
    const newline = this.#buffer.indexOf(LF, this.#at)
    // A line is no longer for its CR: where the limit falls between CR and LF, nothing is cut.
    const room = available >= limit && this.#buffer[this.#at + limit - 1] === CR ? limit + 1 : limit
    if (newline < 0 || newline - this.#at >= room) {
      if (available < room) return null
      return { bytes: this.#take(limit), end: 'cut' }
    }
    const line = this.#take(newline - this.#at + 1)
    let end = line.length - 1
    while (end > 0 && line[end - 1] === CR) end--
    return { bytes: line.subarray(0, end), end: end < line.length - 1 ? 'crlf' : 'lf' }
  }

  /** Up to so many bytes, as they come. Empty when none have arrived. */
  bytes(limit: number): Uint8Array {
    return this.#take(Math.min(limit, this.waiting))
  }

  /** Calls back once, when bytes arrive or the client has ended. */
  onMore(wake: () => void): void {
    if (this.#ended) wake()
    else this.#wake = wake
    this.#letIn()
  }

  /** The connection is gone: what waits will not be answered. */
  lose(): void {
    this.#buffer = Buffer.alloc(0)
    this.#at = 0
    this.#finish()
  }

  override _write(chunk: Buffer, _encoding: unknown, next: () => void): void {
    if (this.isClosed || this.#ended) {
      next()
      return
    }
    this.#buffer = this.waiting === 0 ? chunk : Buffer.concat([this.#buffer.subarray(this.#at), chunk])
    this.#at = 0
    this.#resume = next
    this.#wakeUp()
    if (this.waiting < enough) this.#letIn()
  }

  override _flushData(): void {
    this.#finish()
  }

  #take(length: number): Uint8Array {
    const taken = this.#buffer.subarray(this.#at, this.#at + length)
    this.#at += length
    if (this.waiting < enough) this.#letIn()
    return taken
  }

  #letIn(): void {
    const resume = this.#resume
    this.#resume = null
    resume?.()
  }

  #finish(): void {
    this.#ended = true
    this.#letIn()
    this.#wakeUp()
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }
}
