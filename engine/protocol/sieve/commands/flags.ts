/** setflag, addflag, removeflag: the flags that a letter is stored with, or a variable that holds some. RFC 5232 §3. */
import type { CommandCheck } from '../command-check.ts'
import { next, type CommandSpecification, type Tag } from '../specification.ts'
import { kindName } from '../tree.ts'
import { isVariableName, type StringValue } from '../values.ts'
import { addFlags, flagsIn, isFlag, removeFlags } from './flag-list.ts'

/** `:flags ["\\Seen"]` of keep and fileinto. RFC 5232 §5. */
export const flagsTag: Tag = { names: ['flags'], parameter: 'string-list' }

type FlagArguments = {
  /** Null: the internal variable. */
  readonly variables: readonly StringValue[] | null
  readonly flags: readonly StringValue[]
}

/** One argument: flags. Two: the name of a variable, or several for hasflag, and flags. */
export function readFlagArguments(check: CommandCheck): FlagArguments | null {
  const [first, second] = check.arguments
  const test = check.node.kind === 'test'
  const fail = (text: string, at = check.node.at) => (check.error(text, at), null)
  if (first === undefined) return fail(`the ${check.title} expects at least one argument, but none was found`)
  if (first.kind !== 'string' && first.kind !== 'string-list') {
    return fail(
      `the ${check.title} expects either a string (variable name) or a string-list (list of flags) as first argument, but a ${kindName(first)} was found`,
      first.at,
    )
  }
  if (second === undefined) {
    const flags = check.stringsOf(first)
    if (flags === null) return null
    checkFlags(check, flags)
    return { variables: null, flags }
  }
  if (!check.compilation.loaded.has('variables')) {
    return fail(
      `the ${check.title} only allows for the specification of a variable name when the variables extension is active`,
      first.at,
    )
  }
  if (!test && first.kind !== 'string') {
    return fail(
      `if a second argument is specified for the ${check.title}, the first must be a string (variable name), but a ${kindName(first)} was found`,
      first.at,
    )
  }
  const variables = first.kind === 'string' ? [first] : first.values
  for (const { value, at } of variables) {
    if (!isVariableName(value)) return fail(`invalid variable name '${value}'`, at)
  }
  if (second.kind !== 'string' && second.kind !== 'string-list') {
    return fail(
      `the ${check.title} expects a string list (list of flags) as second argument when two arguments are specified, but a ${kindName(second)} was found`,
      second.at,
    )
  }
  const flags = check.stringsOf(second)
  if (flags === null) return null
  checkFlags(check, flags)
  return {
    variables: variables.map(({ value, at }) => ({
      at,
      source: value,
      constant: value,
      expand: () => value,
    })),
    flags,
  }
}

function checkFlags(check: CommandCheck, flags: readonly StringValue[]): void {
  if (check.node.kind === 'test') return
  for (const { constant, at } of flags) {
    const wrong = constant === null ? undefined : flagsIn(constant).find((flag) => !isFlag(flag))
    if (wrong === undefined) continue
    check.warning(
      `IMAP flag '${wrong}' specified for the ${check.title} is invalid and will be ignored (only first invalid is reported)`,
      at,
    )
    return
  }
}

function flagCommand(
  identifier: 'setflag' | 'addflag' | 'removeflag',
  change: (flags: readonly string[], given: readonly string[]) => readonly string[],
): CommandSpecification {
  return {
    kind: 'command',
    identifier,
    positional: 'any',
    compile(check) {
      const given = readFlagArguments(check)
      if (given === null) return null
      const { node } = check
      return (run) => {
        const words = given.flags.flatMap((flag) => flagsIn(flag.expand(run)))
        if (given.variables === null) run.flags = change(run.flags, words)
        for (const name of given.variables ?? []) {
          const variable = name.expand(run)
          run.setVariable(variable, change(flagsIn(run.variable(variable)), words).join(' '))
        }
        const now = given.variables === null ? run.flags.join(' ') : words.join(' ')
        run.did(node, now === '' ? 'no flags' : now)
        return next
      }
    },
  }
}

export const setflag = flagCommand('setflag', (_flags, given) => addFlags([], given))
export const addflag = flagCommand('addflag', addFlags)
export const removeflag = flagCommand('removeflag', removeFlags)
