/** What the client says, as lines of commands, as the message of DATA, or as the bytes of a chunk. */
import type { Record } from './input.ts'
import type { MessageReader } from './message.ts'
import type { Arrival, SessionWire } from './wire.ts'

export class Reader {
  readonly #wire: SessionWire
  readonly #limits: { readonly lineLimit: number; readonly timeout: number }
  readonly #silence: (arrival: Exclude<Arrival, 'bytes'>) => Promise<never>

  /** `silence`: what to do when the client is gone, or says nothing for too long. */
  constructor(
    wire: SessionWire,
    limits: { readonly lineLimit: number; readonly timeout: number },
    silence: (arrival: Exclude<Arrival, 'bytes'>) => Promise<never>,
  ) {
    this.#wire = wire
    this.#limits = limits
    this.#silence = silence
  }

  /** A whole line; of a longer one the beginning, and the rest is skipped. */
  async line(limit: number): Promise<Record> {
    let first: Record | null = null
    for (;;) {
      const record = this.#wire.input.record(limit)
      if (record === null) {
        await this.#more()
        continue
      }
      if (first === null && record.end !== 'cut') return record
      first ??= { bytes: record.bytes.slice(), end: 'cut' }
      if (record.end !== 'cut') return first
    }
  }

  /** Up to the dot that ends the message. */
  async message(message: MessageReader): Promise<void> {
    for (;;) {
      const record = this.#wire.input.record(this.#limits.lineLimit)
      if (record === null) await this.#more()
      else if (message.line(record) === 'end') return
    }
  }

  /** So many bytes, as they come. */
  async bytes(size: number, take: (bytes: Uint8Array) => void): Promise<void> {
    let left = size
    while (left > 0) {
      const bytes = this.#wire.input.bytes(left)
      left -= bytes.length
      if (bytes.length === 0) await this.#more()
      else take(bytes)
    }
  }

  async #more(): Promise<void> {
    const arrival = await this.#wire.more(this.#limits.timeout)
    if (arrival !== 'bytes') await this.#silence(arrival)
  }
}
