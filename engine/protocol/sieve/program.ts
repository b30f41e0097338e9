/** A script that has been checked and can run, again and again. */
import type { RunCommand, RunTest } from './specification.ts'
import type { SieveNode } from './tree.ts'

export type ScriptLocation = 'personal' | 'global'

export type TestPlan =
  | { readonly kind: 'test'; readonly node: SieveNode; readonly run: RunTest }
  | { readonly kind: 'not'; readonly node: SieveNode; readonly test: TestPlan }
  | { readonly kind: 'allof' | 'anyof'; readonly node: SieveNode; readonly tests: readonly TestPlan[] }

export type Arm = {
  readonly node: SieveNode
  /** Null: else. */
  readonly test: TestPlan | null
  readonly block: readonly CommandPlan[]
}

export type CommandPlan =
  | { readonly kind: 'if'; readonly arms: readonly Arm[] }
  | {
      readonly kind: 'command'
      readonly node: SieveNode
      readonly run: RunCommand
      readonly block: readonly CommandPlan[]
    }

export type Program = {
  /** Without `.sieve`. */
  readonly name: string
  /** Its text, for the trace. */
  readonly text: string
  readonly commands: readonly CommandPlan[]
}

/** The words of a command or test, on one line. */
export function sourceOf(program: Program, node: SieveNode): string {
  const text = program.text.slice(node.start, Math.min(node.end, node.start + 400)).replace(/\s+/g, ' ')
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}
