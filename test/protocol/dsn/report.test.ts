// How the lines of a report are folded.
import { expect, test } from 'vitest'
import { wrap } from '#protocol/dsn/report.ts'

test('a long reason goes on in indented lines of at most 79 characters', () => {
  expect(
    wrap(
      '<x@far.test>: host mx.far.test[127.0.0.9] said: 550 5.1.1 <x@far.test>: no such user here (in reply to RCPT TO command)',
    ),
  ).toEqual([
    '<x@far.test>: host mx.far.test[127.0.0.9] said: 550 5.1.1 <x@far.test>: no such',
    '    user here (in reply to RCPT TO command)',
  ])
  expect(wrap('word')).toEqual(['word'])
})
