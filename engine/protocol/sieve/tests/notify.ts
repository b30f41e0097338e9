/** valid_notify_method and notify_method_capability: could one be told by this URI? RFC 5435 §4, §5. */
import { readMatcher } from '../matching/match.ts'
import { readMailto } from '../commands/mailto.ts'
import type { TestSpecification } from '../specification.ts'

const isMethod = (uri: string): boolean => /^mailto:/i.test(uri) && readMailto(uri.slice('mailto:'.length)).ok

export const valid_notify_method: TestSpecification = {
  kind: 'test',
  identifier: 'valid_notify_method',
  positional: 1,
  compile(check) {
    const uris = check.strings(0, 'notification-uris')
    return uris === null ? null : (run) => uris.every((uri) => isMethod(uri.expand(run)))
  },
}

export const notify_method_capability: TestSpecification = {
  kind: 'test',
  identifier: 'notify_method_capability',
  positional: 3,
  compile(check) {
    const uri = check.string(0, 'notification-uri')
    const capability = uri === null ? null : check.string(1, 'notification-capability')
    const keys = capability === null ? null : check.strings(2, 'key-list')
    const matcher = keys === null ? null : readMatcher(check, keys)
    if (uri === null || capability === null || matcher === null) return null
    return (run) =>
      isMethod(uri.expand(run)) && capability.expand(run).toLowerCase() === 'online'
        ? matcher.match(run, ['maybe'])
        : false
  },
}
