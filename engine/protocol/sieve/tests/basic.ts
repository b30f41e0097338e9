/** true, false, exists and size: the small tests of the language. RFC 5228 §5.5, §5.6, §5.9, §5.10. */
import { decodedValues } from '../message.ts'
import type { Tag, TestSpecification } from '../specification.ts'
import { checkFieldNames } from './header.ts'
import { readSelection } from './header-options.ts'

const constant = (identifier: 'true' | 'false'): TestSpecification => ({
  kind: 'test',
  identifier,
  positional: 0,
  compile: () => () => identifier === 'true',
  constant: () => identifier === 'true',
})

export const alwaysTrue = constant('true')
export const alwaysFalse = constant('false')

export const exists: TestSpecification = {
  kind: 'test',
  identifier: 'exists',
  positional: 1,
  compile(check) {
    const names = check.strings(0, 'header names')
    if (names === null) return null
    checkFieldNames(check, names)
    const selection = readSelection(check)
    return (run) =>
      names.every((name) =>
        selection.headers(run).some((fields) => decodedValues(fields, name.expand(run)).length > 0),
      )
  },
}

const sizeTag: Tag = {
  names: ['over', 'under'],
  repeatable: true,
  check(given, check) {
    return (
      check.tags.filter(({ tag }) => tag === given.tag).length < 2 ||
      check.error(
        "exactly one of the ':under' or ':over' tags must be specified for the size test, but more were found",
        given.at,
      )
    )
  },
}

export const size: TestSpecification = {
  kind: 'test',
  identifier: 'size',
  positional: 1,
  tags: [sizeTag],
  compile(check) {
    const which = check.given(sizeTag)?.name
    if (which === undefined) {
      check.error('the size test requires either the :under or the :over tag to be specified')
      return null
    }
    const [limit] = check.arguments
    if (limit?.kind !== 'number') {
      const found = limit?.kind === 'string-list' ? 'string list' : limit?.kind
      check.error(`the size test expects a number as argument 1 (limit), but a ${found} was found`, limit?.at)
      return null
    }
    return ({ world }) =>
      which === 'over' ? world.message.size > limit.value : world.message.size < limit.value
  },
}
