/** header: do the values of these fields match one of these keys? RFC 5228 §5.7; `:mime`: RFC 5703 §4. */
import { readDisposition } from '../../message/content-fields.ts'
import type { CommandCheck } from '../command-check.ts'
import { readMatcher } from '../matching/match.ts'
import { contentTypeOf, decodedValues } from '../message.ts'
import type { TestSpecification } from '../specification.ts'
import type { StringValue } from '../values.ts'
import { mimeOptionTag, readSelection, type MimeOption } from './header-options.ts'

export const header: TestSpecification = {
  kind: 'test',
  identifier: 'header',
  positional: 2,
  compile(check) {
    const names = check.strings(0, 'header names')
    if (names === null) return null
    checkFieldNames(check, names)
    const keys = check.strings(1, 'key list')
    const matcher = keys === null ? null : readMatcher(check, keys)
    const option = check.given(mimeOptionTag)
    const parameters = option?.name === 'param' ? check.tagStrings(mimeOptionTag) : []
    if (matcher === null || parameters == null) return null
    const selection = readSelection(check)
    return (run) => {
      const wanted = names.map((name) => name.expand(run))
      const values = selection
        .headers(run)
        .flatMap((fields) =>
          wanted.flatMap((name) =>
            selection.pick(decodedValues(fields, name)).map((value) => ({ name, value })),
          ),
        )
      if (option === null)
        return matcher.match(
          run,
          values.map(({ value }) => value),
        )
      const what = {
        option: option.name as MimeOption,
        parameters: parameters.map((name) => name.expand(run)),
      }
      return matcher.match(
        run,
        values.flatMap(({ name, value }) => mimeValues(name, value, what)),
      )
    }
  },
}

/** What `:type`, `:subtype`, `:contenttype` or `:param` takes out of a field. */
function mimeValues(
  name: string,
  value: string,
  { option, parameters }: { option: MimeOption; parameters: readonly string[] },
): readonly string[] {
  const disposition = name.toLowerCase() === 'content-disposition'
  if (!disposition && name.toLowerCase() !== 'content-type') return []
  if (option === 'param') {
    const found = disposition ? (readDisposition(value)?.parameters ?? []) : contentTypeOf(value).parameters
    return parameters.flatMap((wanted) =>
      found.filter(([key]) => key.toLowerCase() === wanted.toLowerCase()).map(([, text]) => text),
    )
  }
  if (disposition) {
    const type = readDisposition(value)?.disposition
    return type === undefined || option === 'subtype' ? [] : [type]
  }
  const { type, subtype } = contentTypeOf(value)
  if (option === 'type') return [type]
  return [option === 'subtype' ? subtype : `${type}/${subtype}`]
}

/** RFC 5322 §2.2. Told once for each list. */
export function checkFieldNames(check: CommandCheck, names: readonly StringValue[]): void {
  const wrong = names.find(({ constant }) => constant !== null && !isFieldName(constant))
  if (wrong) check.warning(`specified header field name '${wrong.source}' is invalid`, wrong.at)
}

const isFieldName = (name: string): boolean => /^[\x21-\x39\x3b-\x7e]+$/.test(name)
