/** mailboxexists: are all these folders there? specialuse_exists: is there one for junk? RFC 5490 §3.1; RFC 8579 §3.1. */
import { isUtf8Name } from '../commands/store.ts'
import type { TestSpecification } from '../specification.ts'

export const mailboxexists: TestSpecification = {
  kind: 'test',
  identifier: 'mailboxexists',
  positional: 1,
  compile(check) {
    const names = check.strings(0, 'mailbox-names')
    if (names === null) return null
    for (const { constant, at } of names) {
      if (constant !== null && !isUtf8Name(constant)) {
        check.warning(`invalid mailbox name '${constant}' specified`, at)
      }
    }
    return async (run) => {
      for (const name of names) if (!(await run.world.mailboxExists(name.expand(run)))) return false
      return true
    }
  },
}

export const specialuse_exists: TestSpecification = {
  kind: 'test',
  identifier: 'specialuse_exists',
  positional: 'any',
  compile(check) {
    const two = check.arguments.length > 1
    const mailbox = two ? check.string(0, 'mailbox') : null
    const uses = check.strings(two ? 1 : 0, 'special-use-flags')
    if (uses === null || (two && mailbox === null)) return null
    return (run) =>
      run.world.specialUseExists(
        mailbox?.expand(run) ?? null,
        uses.map((use) => use.expand(run)),
      )
  },
}
