// The right-hand side of aliases, .forward files and lists.
import { expect, test } from 'vitest'
import { readTargetFile, readTargets } from '#mta/agents/local/targets.ts'

test('addresses, commands, files and lists', () => {
  expect(
    readTargets('alice, "|/usr/bin/vacation alice", /var/mail/archive, :include:/etc/list, \\bob'),
  ).toEqual([
    { kind: 'address', address: 'alice' },
    { kind: 'command', command: '/usr/bin/vacation alice' },
    { kind: 'file', path: '/var/mail/archive' },
    { kind: 'include', path: '/etc/list' },
    // A backslash no longer means anything, in Postfix too.
    { kind: 'address', address: 'bob' },
  ])
  expect(readTargets('alice bob, ~/mail')).toEqual([
    { kind: 'address', address: 'alice' },
    { kind: 'address', address: 'bob' },
    { kind: 'home file', path: '/mail' },
  ])
  expect(readTargets('"a b", "Carol" <carol@x.test>')).toEqual([
    { kind: 'address', address: 'a b' },
    { kind: 'address', address: 'carol@x.test' },
  ])
})

test('each line of a file stands for itself, and may be a comment', () => {
  expect(readTargetFile('# my list\nalice,\n  bob\n\ncarol\n')).toEqual([
    { kind: 'address', address: 'alice' },
    { kind: 'address', address: 'bob' },
    { kind: 'address', address: 'carol' },
  ])
})
