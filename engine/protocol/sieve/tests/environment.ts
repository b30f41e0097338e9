/** environment: what kind of server runs this script, and when? RFC 5183. */
import { readMatcher } from '../matching/match.ts'
import type { TestSpecification } from '../specification.ts'

export const environment: TestSpecification = {
  kind: 'test',
  identifier: 'environment',
  positional: 2,
  compile(check) {
    const name = check.string(0, 'name')
    const keys = name === null ? null : check.strings(1, 'key list')
    const matcher = keys === null ? null : readMatcher(check, keys)
    if (name === null || matcher === null) return null
    return (run) => {
      const value = run.world.environment(name.expand(run).toLowerCase())
      return value === null ? false : matcher.match(run, [value])
    }
  },
}
