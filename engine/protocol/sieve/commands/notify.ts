/** notify: tells somebody elsewhere that this letter came. RFC 5435; by mail: RFC 5436. */
import type { CommandCheck } from '../command-check.ts'
import { SieveRuntimeError } from '../run.ts'
import { next, type CommandSpecification, type Tag } from '../specification.ts'
import { kindName } from '../tree.ts'
import type { StringValue } from '../values.ts'
import { readSingleAddress } from './mail-address.ts'
import { readMailto } from './mailto.ts'

const fromTag: Tag = { names: ['from'], parameter: 'string' }
const messageTag: Tag = { names: ['message'], parameter: 'string' }
const optionsTag: Tag = { names: ['options'], parameter: 'string-list' }
const importanceTag: Tag = {
  names: ['importance'],
  read(_name, at, check) {
    const argument = check.peek()
    if (argument?.kind !== 'string') {
      const found = argument === null ? 'no parameters were found' : `a ${kindName(argument)} was found`
      check.error(
        `the :importance tag for the ${check.title} requires a string parameter, but ${found}`,
        argument?.at ?? at,
      )
      return null
    }
    if (['1', '2', '3'].includes(argument.value)) return check.take()
    check.error(`invalid :importance value for ${check.title}: ${argument.value}`, argument.at)
    return null
  },
}

export const notify: CommandSpecification = {
  kind: 'command',
  identifier: 'notify',
  positional: 1,
  tags: [fromTag, messageTag, optionsTag, importanceTag],
  compile(check) {
    const method = check.string(0, 'method')
    if (method === null) return null
    const from = check.tagString(fromTag)
    const message = check.tagString(messageTag)
    const options = check.tagStrings(optionsTag)
    if (from === undefined || message === undefined || options === undefined) return null
    if (!checkOptions(check, options ?? [])) return null
    if (method.constant !== null && !checkMethod(check, method.constant, method, from)) return null
    const { node } = check
    const importance = check.given(importanceTag)?.parameter
    return (run) => {
      const uri = method.expand(run)
      const problem = methodProblem(uri)
      if (problem !== null) throw new SieveRuntimeError(problem, null)
      run.decide({
        at: run.place(node.at),
        kind: 'notify',
        uri,
        from: from?.expand(run) ?? null,
        importance: (importance?.kind === 'string' ? importance.value : '2') as '1' | '2' | '3',
        message: message?.expand(run) ?? null,
        options: options?.map((option) => option.expand(run)) ?? [],
      })
      run.did(node, `notify with uri ${uri}`)
      return next
    }
  },
}

function checkOptions(check: CommandCheck, options: readonly StringValue[]): boolean {
  for (const { constant, at } of options) {
    if (constant === null) continue
    if (constant === '') return check.error('notify command: empty option specified', at)
    if (!/^[A-Za-z0-9][A-Za-z0-9.\-_]*=/.test(constant))
      return check.error(`notify command: invalid option name specified in option '${constant}'`, at)
  }
  return true
}

function methodProblem(uri: string): string | null {
  const scheme = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(uri)?.[1]
  if (scheme === undefined) return `invalid scheme part for method URI '${uri}'`
  if (scheme.toLowerCase() !== 'mailto') return `invalid method '${scheme}'`
  const reading = readMailto(uri.slice(scheme.length + 1))
  return reading.ok ? null : `mailto URI: ${reading.problem}`
}

function checkMethod(
  check: CommandCheck,
  uri: string,
  { at }: StringValue,
  from: StringValue | null,
): boolean {
  const problem = methodProblem(uri)
  if (problem !== null) return check.error(`notify command: ${problem}`, at)
  const reading = readMailto(uri.slice(uri.indexOf(':') + 1))
  if (reading.ok)
    for (const warning of reading.warnings) check.warning(`notify command: mailto URI: ${warning}`, at)
  if (from?.constant != null) {
    const address = readSingleAddress(from.constant)
    if (!address.ok) {
      const text = `notify command: specified :from address '${from.constant}' is invalid for the mailto method: ${address.problem}`
      return check.error(text, from.at)
    }
  }
  if (check.given(optionsTag) !== null)
    check.warning("notify command: method 'mailto' accepts no options", at)
  return true
}
