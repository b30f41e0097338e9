/**
 * Where a test looks for its fields: in the letter, or with `:mime` in the part at hand, or in all parts within it; all
 * of them, or the one that `:index` counts.
 *
 * RFC 5260 §6 (index); RFC 5703 §4.1 (mime).
 */
import type { MimePart } from '../../message/mime-tree.ts'
import type { HeaderLine } from '../../message/header-lines.ts'
import type { CommandCheck } from '../command-check.ts'
import { partsOf } from '../message.ts'
import type { Run } from '../run.ts'
import type { Tag } from '../specification.ts'

export const mimeTag: Tag = { names: ['mime'] }

const needsMime: NonNullable<Tag['check']> = ({ name, at }, check) =>
  check.isGiven(mimeTag) ||
  check.error(`the :${name} tag for the ${check.title} cannot be specified without the :mime tag`, at)

export const anychildTag: Tag = { names: ['anychild'], check: needsMime }

export const indexTag: Tag = {
  names: ['index'],
  parameter: 'number',
  check: ({ parameter, at }, check) =>
    parameter?.kind === 'number' && parameter.value === 0
      ? check.error(`the :index tag for the ${check.title} cannot be zero`, at)
      : true,
}

export const lastTag: Tag = {
  names: ['last'],
  check: ({ at }, check) =>
    check.isGiven(indexTag) ||
    check.error(`the :last tag for the ${check.title} cannot be specified without the :index tag`, at),
}

export type MimeOption = 'type' | 'subtype' | 'contenttype' | 'param'

export const mimeOptionTag: Tag = {
  names: ['type', 'subtype', 'contenttype', 'param'],
  repeatable: true,
  read(name, at, check) {
    if (name !== 'param') return { kind: 'tag', at, tag: name }
    const argument = check.peek()
    const wanted = `the :param tag for the ${check.title} requires a string list as parameter, but`
    if (argument?.kind === 'string' || argument?.kind === 'string-list') return check.take()
    if (argument === null) check.error(`${wanted} no parameters were found`, at)
    else check.error(`${wanted} a ${argument.kind} was found`, argument.at)
    return null
  },
  check(given, check) {
    if (!needsMime(given, check)) return false
    const others = check.tags.filter(({ tag }) => tag === given.tag)
    return (
      others.length < 2 ||
      check.error(
        `the :type, :subtype, :contenttype, and :param arguments for the ${check.title} are mutually exclusive, but more than one was specified`,
        given.at,
      )
    )
  },
}

export type FieldSelection = {
  /** The headers to look into, one after the other. */
  headers(run: Run): readonly (readonly HeaderLine[])[]
  /** Of all values found, those that count. */
  pick<T>(values: readonly T[]): readonly T[]
}

export function readSelection(check: CommandCheck): FieldSelection {
  const mime = check.given(mimeTag) !== null
  const anychild = check.given(anychildTag) !== null
  const index = check.tagNumber(indexTag)
  const last = check.given(lastTag) !== null
  return {
    headers(run) {
      const { root } = run.world.message
      const part: MimePart = mime ? (run.parts.at(-1) ?? root) : root
      return anychild ? [...partsOf(part)].map((inner) => run.fieldsOf(inner)) : [run.fieldsOf(part)]
    },
    pick(values) {
      if (index === null) return values
      const one = values[last ? values.length - index : index - 1]
      return one === undefined ? [] : [one]
    },
  }
}
