/**
 * What a command or a test may be given: its tags, its arguments, its block, and how it is made ready to run. Each has a
 * file of its own in `commands/` and `tests/`.
 *
 * RFC 5228 §2.6, §2.7.
 */
import type { CommandCheck } from './command-check.ts'
import type { Position } from './problem.ts'
import type { Run } from './run.ts'
import type { Argument } from './tree.ts'

/** Where the script goes on after a command. */
export type Signal =
  | { readonly kind: 'next' | 'stop' | 'return' }
  /** Out of a foreverypart; null: the innermost. */
  | { readonly kind: 'break'; readonly name: string | null }

export const next: Signal = { kind: 'next' }

export type RunTest = (run: Run) => boolean | Promise<boolean>
export type RunCommand = (run: Run, body: Body) => Signal | Promise<Signal>
/** The block of a command. */
export type Body = (run: Run) => Promise<Signal>

export type Tag = {
  /** Without the colon; several where only one of them may be given. */
  readonly names: readonly string[]
  /** What Pigeonhole calls them together: MATCH-TYPE. */
  readonly family?: string
  readonly repeatable?: true
  readonly parameter?: 'string' | 'string-list' | 'number'
  /** Takes a parameter with words of its own for what is wrong; null: told. */
  readonly read?: (name: string, at: Position, check: CommandCheck) => Argument | null
  /** Looks at the tag, and may take arguments after it; false when something is wrong and has been told. */
  readonly check?: (given: GivenTag, check: CommandCheck) => boolean
}

export type GivenTag = {
  readonly tag: Tag
  /** As written, in lower case. */
  readonly name: string
  readonly at: Position
  readonly parameter: Argument | null
}

type Common = {
  readonly identifier: string
  readonly positional: number | 'any'
  readonly tags?: readonly Tag[]
}

export type CommandSpecification = Common & {
  readonly kind: 'command'
  readonly block?: 'required'
  /** Null when something is wrong and has been told. */
  readonly compile: (check: CommandCheck) => RunCommand | null
  /** Called when the block is checked: `in` before, `out` after. */
  readonly enter?: (check: CommandCheck) => () => void
}

export type TestSpecification = Common & {
  readonly kind: 'test'
  readonly compile: (check: CommandCheck) => RunTest | null
  /** What the test always says, when that is known before it runs. */
  readonly constant?: (check: CommandCheck) => boolean | null
}

export type Specification = CommandSpecification | TestSpecification
