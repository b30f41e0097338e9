import { expect, it } from 'vitest'
import { parsePasswd } from '#platform/passwd.ts'

it('reads the users of a host, and passes over what is no user', () => {
  const text =
    'root:x:0:0:root:/root:/bin/sh\n\n# note\nalice:x:1000:1000:Alice Liddell,,,:/home/alice:\nbad:x:a:1::/:\nshort:x:1\n'
  expect(parsePasswd(text)).toEqual([
    { name: 'root', uid: 0, gid: 0, home: '/root', fullName: 'root' },
    { name: 'alice', uid: 1000, gid: 1000, home: '/home/alice', fullName: 'Alice Liddell' },
  ])
})
