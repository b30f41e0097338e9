// Folder names on the wire and in Maildir++: RFC 3501 §5.1.3.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '#mailbox/modified-utf7.ts'

test.each([
  ['INBOX', 'INBOX'],
  ['Entwürfe', 'Entw&APw-rfe'],
  ['A&B', 'A&-B'],
  ['草稿', '&g0l6Pw-'],
])('writes %s as %s', (name, written) => {
  expect(encodeModifiedUtf7(name)).toBe(written)
  expect(decodeModifiedUtf7(written)).toBe(name)
})

test.each(['&', '&AAA', '&AGE-', 'ü', '&!-', '&A-'])('takes %s for no name', (text) => {
  expect(decodeModifiedUtf7(text)).toBeNull()
})

test('brings every name back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(decodeModifiedUtf7(encodeModifiedUtf7(name))).toBe(name)
    }),
    { numRuns: 300 },
  )
})
