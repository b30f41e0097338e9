import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quotedPrintable, SevenBit } from '#mta/agents/smtp/seven-bit.ts'
import { MimeWalk } from '#protocol/message/mime-walk.ts'

function sevenBit(...lines: readonly string[]): readonly string[] {
  const limits = { headerSize: 100_000, nesting: 100, boundaryLength: 2048 }
  const walk = new MimeWalk({ ...limits, mime: 'read', reported: new Set() })
  const seven = new SevenBit()
  const items = [...lines.flatMap((line) => [...walk.read(line, 'line ends')]), ...walk.finish()]
  return items.flatMap((item) => seven.turn(item))
}

test('an 8-bit letter becomes quoted-printable, and says so', () => {
  expect(
    sevenBit(
      'Subject: hi',
      'Content-Transfer-Encoding: 8bit',
      'To: x@far.test',
      '',
      'Gr\u00c3\u00bc\u00c3\u009fe = hi ',
    ),
  ).toEqual([
    'Subject: hi',
    'To: x@far.test',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Gr=C3=BC=C3=9Fe =3D hi=20',
  ])
})

test('of a multipart only the parts are turned that need it', () => {
  expect(
    sevenBit(
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Transfer-Encoding: 8bit',
      '',
      '--b',
      'Content-Transfer-Encoding: 8bit',
      '',
      '\u00c3\u00a4',
      '--b',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
      '--b--',
    ),
  ).toEqual([
    'Content-Type: multipart/mixed; boundary=b',
    'Content-Transfer-Encoding: 7bit',
    '',
    '--b',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    '=C3=A4',
    '--b',
    'Content-Transfer-Encoding: base64',
    '',
    'AAAA',
    '--b--',
  ])
})

test('what was encoded reads as before, in lines of at most 76', () => {
  const byte = fc.integer({ min: 0, max: 255 }).filter((code) => code !== 10 && code !== 13)
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 300 }), (bytes) => {
      const line = String.fromCharCode(...bytes)
      const lines = quotedPrintable(line)
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(76)
      const read = lines
        .map((one) => one.replace(/=$/, ''))
        .join('')
        .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
      expect(read).toBe(line)
    }),
    { numRuns: 300 },
  )
})
