/** Commands as they come over the wire: a verb, then its words one at a time, each literal read when it is asked for. */
import type { Wire } from '#engine/wire.ts'
import { readWord, type Word } from '#protocol/sieve/managesieve/arguments.ts'

export type NextWord =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'end' }
  | { readonly kind: 'wrong'; readonly problem: string }
  /** A literal that is larger than allowed; its bytes are still to come. */
  | {
      readonly kind: 'too-large'
      readonly length: number
      readonly skip: () => Promise<'passed over' | 'gone'>
    }
  /** The client is gone, or silent. */
  | { readonly kind: 'gone' }

export type Words =
  { readonly kind: 'words'; readonly words: readonly Word[] } | Exclude<NextWord, { kind: 'word' | 'end' }>

/** Between a literal and the next line. */
const longestRest = 64 * 1024
const chunk = 64 * 1024

export class CommandInput {
  readonly verb: string
  /** What was read of it so far, for the trace. */
  line: string
  readonly #wire: Wire
  readonly #timeout: number
  #rest: string

  constructor(line: string, wire: Wire, timeout: number) {
    const [verb = ''] = /^[^ ]*/.exec(line.replace(/^ +/, '')) ?? []
    this.verb = verb.toUpperCase()
    this.line = line
    this.#rest = line.replace(/^ +/, '').slice(verb.length)
    this.#wire = wire
    this.#timeout = timeout
  }

  /** `limit`: of a literal, in bytes. */
  async next(limit: number): Promise<NextWord> {
    const reading = readWord(this.#rest)
    switch (reading.kind) {
      case 'word':
        this.#rest = reading.rest
        return { kind: 'word', word: reading.word }
      case 'literal':
        return this.#literal(reading.length, limit)
      default:
        return reading
    }
  }

  /** All words that are left. `more`: what is done with a word too many. */
  async all(most: number, limit: number, more: 'refuse' | 'ignore' = 'refuse'): Promise<Words> {
    const words: Word[] = []
    for (;;) {
      const next = await this.next(limit)
      if (next.kind === 'end') return { kind: 'words', words }
      if (next.kind !== 'word') return next
      if (words.length >= most) {
        return more === 'ignore' ? { kind: 'words', words } : { kind: 'wrong', problem: 'Too many arguments' }
      }
      words.push(next.word)
    }
  }

  async #literal(length: number, limit: number): Promise<NextWord> {
    if (length > limit) return { kind: 'too-large', length, skip: () => this.#skip(length) }
    const parts: Uint8Array[] = []
    for (let left = length; left > 0;) {
      const read = await this.#wire.bytes(Math.min(left, chunk), this.#timeout)
      if (read.kind !== 'bytes') return { kind: 'gone' }
      parts.push(read.bytes)
      left -= read.bytes.length
    }
    const rest = await this.#wire.line(longestRest, this.#timeout)
    if (rest.kind !== 'line') return { kind: 'gone' }
    this.#rest = rest.text
    const text = Buffer.concat(parts).toString('latin1')
    return { kind: 'word', word: { kind: 'string', text } }
  }

  async #skip(length: number): Promise<'passed over' | 'gone'> {
    for (let left = length; left > 0;) {
      const read = await this.#wire.bytes(Math.min(left, chunk), this.#timeout)
      if (read.kind !== 'bytes') return 'gone'
      left -= read.bytes.length
    }
    return (await this.#wire.line(longestRest, this.#timeout)).kind === 'line' ? 'passed over' : 'gone'
  }
}
