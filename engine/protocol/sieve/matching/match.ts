/**
 * How values are held against keys: `:is`, `:contains`, `:matches`, `:regex`, `:value "gt"`, `:count "ge"`, under a
 * comparator. The tags, and what they do when a test runs.
 *
 * RFC 5228 §2.7; RFC 5231 (relational); draft-ietf-sieve-regex.
 */
import type { CommandCheck } from '../command-check.ts'
import type { Run } from '../run.ts'
import type { Tag } from '../specification.ts'
import { kindName, type Argument } from '../tree.ts'
import type { Position } from '../problem.ts'
import type { StringValue } from '../values.ts'
import { comparators, type Comparator } from './comparator.ts'
import type { RegexReading } from './regex.ts'
import { matchWildcard } from './wildcard.ts'

export type Relation = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne'
type MatchType =
  | { readonly kind: 'is' | 'contains' | 'matches' | 'regex' }
  | { readonly kind: 'value' | 'count'; readonly relation: Relation }

const relations: readonly string[] = ['gt', 'ge', 'lt', 'le', 'eq', 'ne'] satisfies Relation[]

export const comparatorTag: Tag = {
  names: ['comparator'],
  family: 'COMPARATOR',
  parameter: 'string',
  check({ parameter }, check) {
    if (parameter?.kind !== 'string') return false
    const value = check.stringOf(parameter)
    if (value === null) return false
    if (value.constant === null) {
      return check.error(
        'this Sieve implementation currently only supports a literal string argument for the :comparator tag',
        parameter.at,
      )
    }
    const known = comparators[value.constant]
    const loaded =
      value.constant !== 'i;ascii-numeric' || check.compilation.loaded.has('comparator-i;ascii-numeric')
    return known !== undefined && loaded
      ? true
      : check.error(`unknown comparator '${value.constant}'`, parameter.at)
  },
}

function readRelation(name: string, at: Position, check: CommandCheck): Argument | null {
  const argument = check.peek()
  const wanted = `the :${name} match-type requires a constant string argument being one of "gt", "ge", "lt", "le", "eq" or "ne", but`
  if (argument === null) {
    check.error(`${wanted} none was found`, at)
    return null
  }
  if (argument.kind !== 'string' || !relations.includes(argument.value)) {
    const found = argument.kind === 'string' ? `"${argument.value}"` : `a ${kindName(argument)}`
    check.error(`${wanted} ${found} was found`, argument.at)
    return null
  }
  return check.take()
}

/** `names`: those that the extensions in force allow. */
const matchTypeTag = (names: readonly string[]): Tag => ({
  names,
  family: 'MATCH-TYPE',
  read: (name, at, check) =>
    name === 'value' || name === 'count' ? readRelation(name, at, check) : { kind: 'tag', at, tag: name },
})

const basic = ['is', 'contains', 'matches']
const matchTypeTags = new Map<string, Tag>()

/** The one tag of a script's match types: the same object, so that it can be asked for. */
export function matchTypesOf(extensions: ReadonlySet<string>): Tag {
  const names = [
    ...basic,
    ...(extensions.has('relational') ? ['value', 'count'] : []),
    ...(extensions.has('regex') ? ['regex'] : []),
  ]
  const key = names.join(' ')
  const known = matchTypeTags.get(key) ?? matchTypeTag(names)
  matchTypeTags.set(key, known)
  return known
}

/** Holds values against keys, one after the other, until one matches. */
export type Matcher = {
  readonly type: MatchType
  /** For the trace: `:contains`. */
  readonly name: string
  match(run: Run, values: Iterable<string>): boolean
  /** Against keys that were made when the script ran. */
  matchKeys(run: Run, values: Iterable<string>, keys: readonly string[]): boolean
}

/** Null: something is wrong, and has been told. `keys`: the last argument. */
export function readMatcher(
  check: CommandCheck,
  keys: readonly StringValue[],
  standard: string = 'i;ascii-casemap',
): Matcher | null {
  const { loaded } = check.compilation
  const given = check.given(matchTypesOf(loaded))
  const named = check.given(comparatorTag)?.parameter
  const comparator = comparators[named?.kind === 'string' ? named.value : standard]
  if (comparator === undefined) return null
  const type = typeOf(given?.name ?? 'is', given?.parameter?.kind === 'string' ? given.parameter.value : '')
  if ((type.kind === 'contains' || type.kind === 'matches') && comparator.substrings === 'no') {
    check.error(
      `the specified ${comparator.name} comparator does not support sub-string matching as required by the :${type.kind} match type`,
      given?.at,
    )
    return null
  }
  const holds = type.kind === 'regex' ? regexHolds(check, keys, comparator) : plainHolds(type, comparator)
  if (holds === null) return null
  const matchKeys = (run: Run, values: Iterable<string>, wanted: readonly string[]) =>
    matchEach(run, type.kind === 'count' ? [countOf(values)] : values, wanted, holds)
  return {
    type,
    name: 'relation' in type ? `:${type.kind} "${type.relation}"` : `:${type.kind}`,
    matchKeys,
    match: (run, values) =>
      matchKeys(
        run,
        values,
        keys.map((key) => key.expand(run)),
      ),
  }
}

type Holds = (run: Run, value: string, key: string) => boolean

function typeOf(name: string, relation: string): MatchType {
  switch (name) {
    case 'contains':
    case 'matches':
    case 'regex':
      return { kind: name }
    case 'value':
    case 'count':
      return { kind: name, relation: relation as Relation }
    default:
      return { kind: 'is' }
  }
}

function matchEach(run: Run, values: Iterable<string>, keys: readonly string[], holds: Holds): boolean {
  for (const value of values) {
    for (const key of keys) {
      run.spend(1 + value.length / 1000)
      const matched = holds(run, value, key)
      run.compared(value, key, matched ? 'matched' : 'not matched')
      if (matched) return true
    }
  }
  return false
}

const plainHolds =
  (type: MatchType, comparator: Comparator): Holds =>
  (run, value, key) => {
    switch (type.kind) {
      case 'is':
        // Two empty texts are the same whatever the comparator thinks of them.
        return value === '' && key === '' ? true : comparator.compare(value, key) === 0
      case 'contains':
        return comparator.fold(value).includes(comparator.fold(key))
      case 'matches': {
        run.spend((value.length * key.length) / 1000)
        const found = matchWildcard(value, key, (text) => comparator.fold(text))
        if (found === null) return false
        run.setMatchValues(found)
        return true
      }
      case 'value':
      case 'count':
        return related(comparator.compare(value, key), type.relation)
      default:
        return false
    }
  }

/** RFC 5231 §4.2: how many values there are. */
function countOf(values: Iterable<string>): string {
  let count = 0
  for (const _value of values) count++
  return String(count)
}

function related(order: number, relation: Relation): boolean {
  switch (relation) {
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
    case 'lt':
      return order < 0
    case 'le':
      return order <= 0
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    default:
      return relation satisfies never
  }
}

function regexHolds(check: CommandCheck, keys: readonly StringValue[], comparator: Comparator): Holds | null {
  if (comparator.name === 'i;ascii-numeric') {
    check.error(
      'regex match type only supports i;octet and i;ascii-casemap comparators',
      check.given(matchTypesOf(check.compilation.loaded))?.at,
    )
    return null
  }
  const letters = comparator.name === 'i;octet' ? 'exact' : 'fold'
  const compiled = new Map<string, RegexReading>()
  const compile = (pattern: string): RegexReading => {
    const known = compiled.get(pattern) ?? check.compilation.options.regex(pattern, letters)
    if (compiled.size < 100) compiled.set(pattern, known)
    return known
  }
  const complaint = (pattern: string, problem: string) =>
    `invalid regular expression '${pattern}' for regex match: ${problem}`
  for (const key of keys) {
    if (key.constant === null) continue
    const reading = compile(key.constant)
    if (!reading.ok) {
      check.error(complaint(key.constant, reading.problem), key.at)
      return null
    }
  }
  return (run, value, key) => {
    const reading = compile(key)
    if (!reading.ok) {
      run.log('error', complaint(key, reading.problem))
      return false
    }
    run.spend(10)
    const groups = reading.match(value)
    if (groups === null) return false
    run.setMatchValues(groups.map((group) => group ?? ''))
    return true
  }
}
