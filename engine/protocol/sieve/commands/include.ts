/** include, return and global: scripts made of scripts. RFC 6609. */
import { SieveRuntimeError } from '../run.ts'
import { next, type CommandSpecification, type Tag } from '../specification.ts'
import { isVariableName } from '../values.ts'
import { runCommands } from '../interpreter.ts'

export const locationTag: Tag = {
  names: ['personal', 'global'],
  repeatable: true,
  check(given, check) {
    return (
      check.tags.filter(({ tag }) => tag === given.tag).length < 2 ||
      check.error("include: cannot use location tags ':personal' and ':global' multiple times", given.at)
    )
  },
}
export const onceTag: Tag = { names: ['once'], repeatable: true }
export const optionalTag: Tag = { names: ['optional'], repeatable: true }

/** sieve_include_max_nesting_depth. */
export const deepestInclude = 10

export const include: CommandSpecification = {
  kind: 'command',
  identifier: 'include',
  positional: 1,
  tags: [locationTag, onceTag, optionalTag],
  compile(check) {
    const value = check.string(0, 'value')
    if (value === null) return null
    if (value.constant === null) {
      check.error('the include command requires a constant string for its value argument', value.at)
      return null
    }
    const location = check.given(locationTag)?.name === 'global' ? 'global' : 'personal'
    const found = check.compilation.included.find(
      (script) => script.location === location && script.name === value.constant,
    )
    // What could not be found, the validator has told.
    if (found === undefined) return () => next
    const { node } = check
    const once = check.given(onceTag) !== null
    return async (run) => {
      const key = `${location} ${found.name}`
      if (once && run.includedOnce.has(key)) {
        run.did(node, 'included before')
        return next
      }
      if (run.depth >= deepestInclude) throw new SieveRuntimeError('include: nesting is too deep', run.place(node.at))
      run.includedOnce.add(key)
      run.did(node, `start script ${found.name}`)
      const signal = await run.inside(found.program, () => runCommands(found.program.commands, run))
      return signal.kind === 'return' ? next : signal
    }
  },
}

export const returnFrom: CommandSpecification = {
  kind: 'command',
  identifier: 'return',
  positional: 0,
  compile:
    ({ node }) =>
    (run) => {
      run.did(node, 'leave the script')
      return { kind: 'return' }
    },
}

const declaring = (identifier: 'global' | 'import' | 'export'): CommandSpecification => ({
  kind: 'command',
  identifier,
  positional: 1,
  compile(check) {
    if (!check.compilation.loaded.has('variables')) {
      check.error(`${identifier} command requires that variables extension is active`)
      return null
    }
    const [argument] = check.arguments
    if (argument?.kind !== 'string' && argument?.kind !== 'string-list') {
      check.error(
        `the ${identifier} command accepts a single string or string list argument, but a ${argument?.kind ?? 'tag'} was found`,
        argument?.at,
      )
      return null
    }
    const names = argument.kind === 'string' ? [argument] : argument.values
    for (const { value, at } of names) {
      if (isVariableName(value)) continue
      check.error(`invalid variable identifier '${value}'`, at)
      return null
    }
    const { node } = check
    return (run) => {
      for (const { value } of names) run.declareGlobal(value)
      run.did(node, names.map(({ value }) => value).join(' '))
      return next
    }
  },
})

export const global = declaring('global')
export const importNames = declaring('import')
export const exportNames = declaring('export')
