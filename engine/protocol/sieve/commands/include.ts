/** include, return and global: scripts made of scripts. RFC 6609. */
import { SieveRuntimeError } from '../run.ts'
import { next, type CommandSpecification, type Tag } from '../specification.ts'
import { isVariableName } from '../values.ts'
import { runCommands } from '../interpreter.ts'
import { deepestInclude, isScriptName } from '../script-name.ts'
import type { CommandCheck } from '../command-check.ts'
import { noSuchPlace, type IncludeRequest } from '../compilation.ts'

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
    const request = requested(check, value.constant)
    if (request === 'broken') return null
    const { node } = check
    if (request === 'missing') return (run) => (run.did(node, 'no such script'), next)
    const once = check.given(onceTag) !== null
    return async (run) => {
      const { program } = request
      const key = `${request.location} ${request.name}`
      if (program === null || (once && run.includedOnce.has(key))) {
        run.did(node, 'included before')
        return next
      }
      if (run.depth >= deepestInclude)
        throw new SieveRuntimeError('include: nesting is too deep', run.place(node.at))
      run.includedOnce.add(key)
      run.did(node, `start script ${request.name}`)
      const signal = await run.inside(program, () => runCommands(program.commands, run))
      return signal.kind === 'return' ? next : signal
    }
  },
}

function requested(check: CommandCheck, name: string): IncludeRequest | 'missing' | 'broken' {
  const location = check.given(locationTag)?.name === 'global' ? 'global' : 'personal'
  const fail = (text: string) => (check.error(text), 'broken' as const)
  if (!isScriptName(name)) return fail(`include: invalid script name '${name}'`)
  const text = check.compilation.texts.get(`${location} ${name}`) ?? null
  if (text === noSuchPlace) {
    return fail(
      `include: ${location} location for included script \`${name}' is unavailable (contact system administrator for more information)`,
    )
  }
  if (text === null && check.compilation.options.occasion === 'upload') {
    check.warning(`included ${location} script '${name}' does not exist (ignored during upload)`)
    return 'missing'
  }
  if (text === null) {
    return check.given(optionalTag) === null
      ? fail(`included ${location} script '${name}' does not exist`)
      : 'missing'
  }
  const request: IncludeRequest = { at: check.node.at, location, name, text, program: null }
  check.compilation.includes.push(request)
  return request
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
