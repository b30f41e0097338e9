/**
 * Runs a script over a letter, test by test and command by command, and says what it decided. Nothing is stored or sent
 * here.
 *
 * RFC 5228 §2.10.
 * Next: engine/mda/filter/filter.ts
 */
import type { HeaderLine } from '../message/header-lines.ts'
import type { Action } from './actions.ts'
import type { CommandPlan, Program, TestPlan } from './program.ts'
import { Run, SieveRuntimeError, type LogLine, type SieveWorld, type Step } from './run.ts'
import { next, type Signal } from './specification.ts'

export type SieveResult = {
  readonly outcome: 'decided' | 'failed'
  readonly actions: readonly Action[]
  /** Whether the letter is kept because nothing that the script decided says otherwise; with these flags. */
  readonly implicitKeep: boolean
  readonly flags: readonly string[]
  /** As the script left it; null: as it came. */
  readonly header: readonly HeaderLine[] | null
  readonly steps: readonly Step[]
  readonly log: readonly LogLine[]
}

export async function runSieve(program: Program, world: SieveWorld): Promise<SieveResult> {
  const run = new Run(program, world)
  try {
    await runCommands(program.commands, run)
  } catch (error) {
    if (!(error instanceof SieveRuntimeError)) throw error
    if (error.message !== '') run.log('error', error.message, error.at)
    // A script that goes wrong has decided nothing: the letter is kept.
    return {
      outcome: 'failed',
      actions: [],
      implicitKeep: true,
      flags: [],
      header: null,
      steps: run.steps,
      log: run.logged,
    }
  }
  return {
    outcome: 'decided',
    actions: run.actions,
    implicitKeep: !run.actions.some(cancelsKeep),
    flags: run.flags,
    header: run.editedHeader,
    steps: run.steps,
    log: run.logged,
  }
}

/** RFC 5228 §2.10.2. */
const cancelsKeep = (action: Action): boolean =>
  action.kind === 'discard' ||
  action.kind === 'reject' ||
  ((action.kind === 'store' || action.kind === 'redirect') && !action.copy)

export async function runCommands(commands: readonly CommandPlan[], run: Run): Promise<Signal> {
  for (const command of commands) {
    run.spend(1)
    const signal = command.kind === 'if' ? await runIf(command, run) : await runOne(command, run)
    if (signal.kind !== 'next') return signal
  }
  return next
}

async function runOne(command: Extract<CommandPlan, { kind: 'command' }>, run: Run): Promise<Signal> {
  return command.run(run, (inner) => runCommands(command.block, inner))
}

async function runIf({ arms }: Extract<CommandPlan, { kind: 'if' }>, run: Run): Promise<Signal> {
  for (const { test, block } of arms) {
    if (test === null || (await evaluate(test, run))) return runCommands(block, run)
  }
  return next
}

async function evaluate(plan: TestPlan, run: Run): Promise<boolean> {
  run.spend(1)
  switch (plan.kind) {
    case 'not':
      return !(await evaluate(plan.test, run))
    case 'allof':
      for (const test of plan.tests) if (!(await evaluate(test, run))) return false
      return true
    case 'anyof':
      for (const test of plan.tests) if (await evaluate(test, run)) return true
      return false
    case 'test': {
      const result = await plan.run(run)
      run.test(plan.node, result)
      return result
    }
    default:
      return plan satisfies never
  }
}
