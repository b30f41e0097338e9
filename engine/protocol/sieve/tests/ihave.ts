/** ihave: does this server know these extensions? If so, what follows may use them. RFC 5463. */
import type { CommandCheck } from '../command-check.ts'
import type { TestSpecification } from '../specification.ts'

const known = (check: CommandCheck): boolean | null => {
  const names = check.strings(0, 'capabilities')
  return names?.every(({ constant }) => constant !== null && check.compilation.knows(constant)) ?? null
}

export const ihave: TestSpecification = {
  kind: 'test',
  identifier: 'ihave',
  positional: 1,
  compile(check) {
    const all = known(check)
    if (all === null) return null
    if (all)
      for (const name of check.strings(0, 'capabilities') ?? []) check.compilation.load(name.source, name.at)
    return () => all
  },
  /** What is known here is not decided until the script runs. */
  constant: (check) => (known(check) === false ? false : null),
}
