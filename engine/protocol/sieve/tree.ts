/**
 * A script as it is written: commands with their arguments, tests and blocks. What they mean is not known here.
 *
 * RFC 5228 §8.2.
 */
import type { Position } from './problem.ts'

export type StringArgument = { readonly kind: 'string'; readonly at: Position; readonly value: string }

export type Argument =
  | StringArgument
  | { readonly kind: 'string-list'; readonly at: Position; readonly values: readonly StringArgument[] }
  | { readonly kind: 'number'; readonly at: Position; readonly value: number }
  | { readonly kind: 'tag'; readonly at: Position; readonly tag: string }

export type SieveNode = {
  readonly kind: 'command' | 'test'
  /** As written: case does not matter. */
  readonly identifier: string
  readonly at: Position
  readonly arguments: readonly Argument[]
  readonly tests: readonly SieveNode[]
  /** `(a, b)`, or one test without brackets. */
  readonly testList: 'none' | 'single' | 'list'
  readonly block: readonly SieveNode[] | null
  /** Offsets of its text, without its block. */
  readonly start: number
  readonly end: number
}

/** As Pigeonhole calls what it finds: "a string list was found". */
export const kindName = (argument: Argument): string =>
  argument.kind === 'string-list' ? 'string list' : argument.kind
