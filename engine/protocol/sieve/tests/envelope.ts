/** envelope: does a part of the envelope match one of these keys? RFC 5228 §5.4. */
import { partOf, readAddressPart, type AddressPart } from '../matching/address-part.ts'
import { readMatcher } from '../matching/match.ts'
import type { Run } from '../run.ts'
import type { TestSpecification } from '../specification.ts'

const parts = ['from', 'to', 'auth']

export const envelope: TestSpecification = {
  kind: 'test',
  identifier: 'envelope',
  positional: 2,
  compile(check) {
    const names = check.strings(0, 'envelope part')
    if (names === null) return null
    const wrong = names.find(({ constant }) => constant !== null && !parts.includes(constant.toLowerCase()))
    if (wrong) {
      check.error(`specified envelope part '${wrong.source}' is not supported by the envelope test`, wrong.at)
      return null
    }
    const keys = check.strings(1, 'key list')
    const matcher = keys === null ? null : readMatcher(check, keys)
    if (matcher === null) return null
    const part = readAddressPart(check)
    return (run) =>
      matcher.match(
        run,
        names.flatMap((name) => valuesOf(run, name.expand(run).toLowerCase(), part)),
      )
  },
}

function valuesOf(run: Run, name: string, part: AddressPart): readonly string[] {
  const { envelope: of, recipientDelimiter } = run.world
  const text = name === 'from' ? of.from : name === 'to' ? of.to : name === 'auth' ? of.auth : null
  if (text === null) return []
  // The null reverse-path is an empty text.
  if (text === '') return part === 'all' || part === 'localpart' || part === 'domain' ? [''] : []
  if (name === 'auth') return [text]
  const at = text.lastIndexOf('@')
  const address =
    at < 0 ? { localPart: text, domain: '' } : { localPart: text.slice(0, at), domain: text.slice(at + 1) }
  const value = partOf(address, part, recipientDelimiter)
  return value === null ? [] : [value]
}
