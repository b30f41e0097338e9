/** set: gives a variable its text, made longer, shorter, louder. RFC 5229 §4. */
import type { CommandCheck } from '../command-check.ts'
import { next, type CommandSpecification, type Tag } from '../specification.ts'
import { isVariableName } from '../values.ts'
import { named } from '#protocol/named.ts'

/** Higher ones come first. RFC 5229 §4.1. */
const precedence: Readonly<Record<string, number>> = named({
  lower: 40,
  upper: 40,
  lowerfirst: 30,
  upperfirst: 30,
  quotewildcard: 20,
  quoteregex: 20,
  encodeurl: 15,
  length: 10,
})

const modifier = (names: readonly string[]): Tag => ({
  names,
  repeatable: true,
  check(given, check) {
    const others = check.tags.filter(({ tag, at }) => tag === given.tag && at !== given.at)
    const rival = others.find(({ name }) => precedence[name] === precedence[given.name])
    return (
      rival === undefined ||
      check.error(
        `modifiers :${rival.name} and :${given.name} specified for the set command conflict having equal precedence`,
        given.at,
      )
    )
  },
})

const basic = ['lower', 'upper', 'lowerfirst', 'upperfirst', 'quotewildcard', 'length']
const plain = modifier(basic)
const withUrls = modifier([...basic, 'encodeurl'])

/** `:encodeurl` comes with enotify. RFC 5435 §6. */
export const modifiersOf = (extensions: ReadonlySet<string>): Tag =>
  extensions.has('enotify') ? withUrls : plain

export const set: CommandSpecification = {
  kind: 'command',
  identifier: 'set',
  positional: 2,
  compile(check) {
    const name = readVariableName(check, 0, 'name')
    if (name === null) return null
    const value = check.string(1, 'value')
    if (value === null) return null
    const modifiers = readModifiers(check)
    const { node } = check
    return (run) => {
      const text = applyModifiers(value.expand(run), modifiers)
      run.setVariable(name, text)
      run.did(node, `${name} = ${text}`)
      return next
    }
  },
}

export function readModifiers(check: CommandCheck): readonly string[] {
  const tag = modifiersOf(check.compilation.loaded)
  const given = check.tags.filter((one) => one.tag === tag).map(({ name }) => name)
  return given.sort((a, b) => (precedence[b] ?? 0) - (precedence[a] ?? 0))
}

/** Null: it cannot be one, and that has been told. */
export function readVariableName(check: CommandCheck, index: number, what: string): string | null {
  const argument = check.arguments[index]
  if (argument?.kind !== 'string') {
    check.string(index, what)
    return null
  }
  const { value, at } = argument
  const fail = (text: string) => (check.error(text, at), null)
  if (/^\d+$/.test(value)) return fail('cannot assign to match variable')
  const [space = '', name, ...more] = value.split('.')
  if (name === undefined) return isVariableName(value) ? value : fail(`invalid variable name '${value}'`)
  if (!isVariableName(space) || !isVariableName(name)) return fail(`invalid variable name '${value}'`)
  const { loaded } = check.compilation
  if (space.toLowerCase() !== 'global' || more.length > 0 || !loaded.has('include'))
    return fail(`referring to variable in unknown namespace '${space}'`)
  return value
}

export function applyModifiers(text: string, modifiers: readonly string[]): string {
  let value = text
  for (const name of modifiers) value = apply(value, name)
  return value
}

function apply(text: string, name: string): string {
  switch (name) {
    case 'lower':
      return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    case 'upper':
      return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())
    case 'lowerfirst':
      return text.replace(/^[A-Z]/, (letter) => letter.toLowerCase())
    case 'upperfirst':
      return text.replace(/^[a-z]/, (letter) => letter.toUpperCase())
    case 'quotewildcard':
      return text.replace(/[*?\\]/g, '\\$&')
    case 'encodeurl':
      return text.replace(
        /[^A-Za-z0-9\-_.~]/g,
        (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
      )
    case 'length':
      // In characters, not bytes.
      return String(text.replace(/[\x80-\xbf]/g, '').length)
    default:
      return text
  }
}
