/** hasflag: is one of these flags set, in the internal variable or in another? RFC 5232 §4. */
import { readFlagArguments } from '../commands/flags.ts'
import { readMatcher } from '../matching/match.ts'
import type { TestSpecification } from '../specification.ts'
import { flagsIn } from '../commands/flag-list.ts'

export const hasflag: TestSpecification = {
  kind: 'test',
  identifier: 'hasflag',
  positional: 'any',
  compile(check) {
    const given = readFlagArguments(check)
    const matcher = given === null ? null : readMatcher(check, given.flags)
    if (given === null || matcher === null) return null
    const keys = given.flags
    const each = matcher.type.kind !== 'count'
    return async (run) => {
      const variables = given.variables?.map((name) => name.expand(run))
      const values = variables?.flatMap((name) => flagsIn(run.variable(name))) ?? run.flags
      if (!each) return matcher.match(run, values)
      // A key may itself hold several flags.
      const wanted = keys.flatMap((key) => flagsIn(key.expand(run)))
      return matcher.matchKeys(run, values, wanted)
    }
  },
}
