/** The arguments of a search, taken one after the other. What is missing, or of the wrong kind, is said as Dovecot says it. */
import type { Argument } from './tokens.ts'

export class Unreadable extends Error {}

/** A search may nest so deep, and no deeper. */
export const deepest = 1000

export class SearchArguments {
  readonly #args: readonly Argument[]
  #at = 0

  constructor(args: readonly Argument[], depth: number) {
    if (depth > deepest) throw new Unreadable('Search is nested too deep')
    this.#args = args
  }

  get atEnd(): boolean {
    return this.#at >= this.#args.length
  }

  peek(): Argument | undefined {
    return this.#args[this.#at]
  }

  next(): Argument | undefined {
    return this.#args[this.#at++]
  }

  /** A word or string of a key that is simply missing when it is not there. */
  optionalWord(): string | null {
    const arg = this.next()
    return arg === undefined || arg.kind === 'list' ? null : arg.text
  }

  word(key: string): string {
    const arg = this.next()
    if (arg === undefined) throw new Unreadable(`Missing parameter for search key (for search key: ${key})`)
    if (arg.kind === 'list') throw new Unreadable(`Unexpected ( (for search key: ${key})`)
    return arg.text
  }
}
