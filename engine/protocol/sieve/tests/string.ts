/** string: does a text, mostly of variables, match one of these keys? RFC 5229 §5. */
import { readMatcher } from '../matching/match.ts'
import type { TestSpecification } from '../specification.ts'

export const string: TestSpecification = {
  kind: 'test',
  identifier: 'string',
  positional: 2,
  compile(check) {
    const sources = check.strings(0, 'source')
    const keys = sources === null ? null : check.strings(1, 'key list')
    const matcher = keys === null ? null : readMatcher(check, keys, 'i;octet')
    if (sources === null || matcher === null) return null
    return (run) => {
      const values = sources.map((source) => source.expand(run))
      // RFC 5229 §5: an empty text does not count.
      return matcher.match(
        run,
        matcher.type.kind === 'count' ? values.filter((value) => value !== '') : values,
      )
    }
  },
}
