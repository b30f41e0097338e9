// Where the header ends, what its fields are, and how dates are written.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asctime, compactDate, mailDate, syslogDate } from '#protocol/message/date.ts'
import { headerEnd, headerNameLength, readFields, unfoldedValue } from '#protocol/message/header.ts'
import { isMimeField } from '#protocol/message/mime-fields.ts'
import { MimeWalk, type MimeError, type MimeItem } from '#protocol/message/mime-walk.ts'

const walked = (lines: readonly string[], reported: readonly MimeError[] = []): readonly MimeItem[] => {
  const walk = new MimeWalk({
    headerSize: 1000,
    nesting: 3,
    boundaryLength: 100,
    mime: 'read',
    reported: new Set(reported),
  })
  return [...lines.flatMap((line) => [...walk.read(line, 'line ends')]), ...walk.finish()]
}

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
  const message = [
    'Content-Type: multipart/mixed (a comment); boundary="b b"',
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
  const items = walked(message)
  expect(items.flatMap((item) => (item.kind === 'field' ? [[item.where, item.text]] : []))).toEqual([
    ['primary', message[0]],
    ['part', 'Content-Type: message/rfc822'],
    ['nested', 'Subject: inner'],
  ])
  expect(items.flatMap((item) => ('text' in item ? [item.text] : []))).toEqual(message)
  expect(isMimeField('Content-Disposition: x')).toBe(true)
  expect(isMimeField('Subject: x')).toBe(false)
})

test('what breaks the rules of MIME is told once, where it is asked for', () => {
  const told = (lines: readonly string[], ...reported: MimeError[]) =>
    walked(lines, reported).flatMap((item) => (item.kind === 'error' ? [item.error, item.text] : []))
  expect(told(['Subject: gr\u00fc\u00df', '', ''], '8bit in header')).toEqual([
    '8bit in header',
    'Subject: gr\u00fc\u00df',
  ])
  expect(told(['Subject: x', '', '\u00fc', '\u00df'], '8bit in 7bit body')).toEqual([
    '8bit in 7bit body',
    '\u00fc',
  ])
  expect(told(['Content-Transfer-Encoding: 8bit', '', '\u00fc'], '8bit in 7bit body')).toEqual([])
  const encoded = ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '']
  expect(told(encoded, 'encoding domain')).toEqual(['encoding domain', 'base64'])
  expect(told(encoded)).toEqual([])
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
      const message = ['Content-Type: multipart/mixed; boundary=b', '', ...lines]
      const texts = walked(message).flatMap((item) => ('text' in item ? item.text.split('\n') : []))
      expect(texts).toEqual(message)
    }),
    { numRuns: 300 },
  )
})
