// Where the header ends, what its fields are, and how dates are written.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asctime, compactDate, mailDate, syslogDate } from '#protocol/message/date.ts'
import { headerEnd, headerNameLength, readFields, unfoldedValue } from '#protocol/message/header.ts'
import { isMimeField, walkMime } from '#protocol/message/mime-walk.ts'

const end = (text: string) => headerEnd(Buffer.from(text))

test('the header ends at the empty line, or at the first line that is no field', () => {
  expect(end('Subject: a\n b\n\nbody')).toBe(14)
  expect(end('Subject: a\nthis is text\n')).toBe(11)
  expect(end('\nbody')).toBe(0)
  expect(end(' folded first\nA: b\n')).toBe(0)
  expect(end('A: b')).toBe(4)
  expect(headerNameLength('Subject : x')).toBe(7)
  expect(headerNameLength('no field')).toBe(0)
})

test('folded lines belong to their field', () => {
  const fields = readFields('Subject: one\n two\nX-A:b\n')
  expect(fields.map(({ name }) => name)).toEqual(['Subject', 'X-A'])
  expect(fields.map(unfoldedValue)).toEqual(['one two', 'b'])
})

test('both ways of reading a header agree where it ends', () => {
  const line = fc.constantFrom('A: b', ' c', 'text', '', 'B : d', ':x', '\tz')
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const text = lines.map((one) => `${one}\n`).join('')
      const header = text.slice(0, end(text))
      expect(
        readFields(text)
          .map((field) => `${field.text}\n`)
          .join(''),
      ).toBe(header)
    }),
    { numRuns: 300 },
  )
})

test('dates are those of Postfix', () => {
  const at = Date.UTC(2026, 10, 3, 8, 31, 3)
  expect(mailDate(at)).toBe('Tue,  3 Nov 2026 08:31:03 +0000 (UTC)')
  expect(asctime(at)).toBe('Tue Nov  3 08:31:03 2026')
  expect(syslogDate(at)).toBe('Nov  3 08:31:03')
  expect(compactDate(at)).toBe('20261103083103')
})

test('the parts of a message are told from their headers', () => {
  const body = [
    '',
    'pre',
    '--b b',
    'Content-Type: message/rfc822',
    '',
    'Subject: inner',
    '',
    'in',
    '--b b--',
    'post',
  ]
  const limits = { headerSize: 1000, nesting: 10, boundaryLength: 100 }
  const items = [...walkMime(body, 'multipart/mixed; boundary="b b"', limits)]
  expect(items.filter(({ kind }) => kind === 'field')).toEqual([
    { kind: 'field', where: 'part', text: 'Content-Type: message/rfc822' },
    { kind: 'field', where: 'nested', text: 'Subject: inner' },
  ])
  expect(items.map(({ text }) => text)).toEqual(body)
  expect(isMimeField('Content-Disposition: x')).toBe(true)
  expect(isMimeField('Subject: x')).toBe(false)
})

test('whatever the lines are, none is lost', () => {
  const line = fc.constantFrom(
    '--b',
    '--b--',
    '',
    'Content-Type: multipart/x; boundary=c',
    '--c',
    'A: b',
    ' f',
    'text',
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const limits = { headerSize: 1000, nesting: 3, boundaryLength: 100 }
      const items = [...walkMime(lines, 'multipart/mixed; boundary=b', limits)]
      expect(items.flatMap(({ text }) => text.split('\n'))).toEqual(lines)
    }),
    { numRuns: 300 },
  )
})
