/** Makes the lines of a message out of BDAT chunks, which may end anywhere. RFC 3030 §2. */
import { concat } from '#protocol/bytes/text.ts'
import type { Record } from './input.ts'

const LF = 10
const CR = 13

export class ChunkLines {
  readonly #limit: number
  readonly #keep: (record: Record) => void
  /** The beginning of a line whose end has not come. Shorter than the limit. */
  #begun: Uint8Array = new Uint8Array(0)

  constructor(limit: number, keep: (record: Record) => void) {
    this.#limit = limit
    this.#keep = keep
  }

  get begun(): number {
    return this.#begun.length
  }

  push(bytes: Uint8Array): void {
    const all = this.#begun.length === 0 ? bytes : concat([this.#begun, bytes])
    let at = 0
    for (;;) {
      const newline = all.indexOf(LF, at)
      if (newline >= 0 && newline - at < this.#limit) {
        let end = newline
        while (end > at && all[end - 1] === CR) end--
        this.#keep({ bytes: all.subarray(at, end), end: end < newline ? 'crlf' : 'lf' })
        at = newline + 1
      } else if (all.length - at >= this.#limit) {
        this.#keep({ bytes: all.subarray(at, at + this.#limit), end: 'cut' })
        at += this.#limit
      } else break
    }
    this.#begun = all.slice(at)
  }

  /** After the last chunk: a line without an end is a line. */
  end(): void {
    const rest = this.#begun
    this.#begun = new Uint8Array(0)
    if (rest.length > 0) this.#keep({ bytes: rest, end: 'crlf' })
  }
}
