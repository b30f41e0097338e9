import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64, encodeBase64 } from '#protocol/bytes/base64.ts'
import { dotStuffed, dotUnstuffed, toCrlf, toLf } from '#protocol/bytes/lines.ts'
import { latin1Of, textOf, utf8 } from '#protocol/bytes/text.ts'

test('a line with a dot gets a second one, and a last line without an end gets its end', () => {
  expect(textOf(dotStuffed(utf8('Subject: dots\n\n.\n..x\nend')))).toBe(
    'Subject: dots\r\n\r\n..\r\n...x\r\nend\r\n.\r\n',
  )
})

test('what was stuffed comes back, whatever it was', () => {
  const messages = fc
    .array(fc.constantFrom('.', 'a', '\n', '..', 'é'), { maxLength: 40 })
    .map((parts) => `${parts.join('')}\n`)
  fc.assert(
    fc.property(messages, (message) => {
      const wire = dotStuffed(utf8(message))
      expect(textOf(dotUnstuffed(wire.subarray(0, wire.length - 3)))).toBe(message)
    }),
  )
})

test('line ends change and nothing else does', () => {
  expect(textOf(toCrlf(utf8('a\nb\r\nc\rd')))).toBe('a\r\nb\r\nc\rd')
  expect(textOf(toLf(utf8('a\nb\r\nc\rd')))).toBe('a\nb\nc\rd')
})

test('base64 is that of everyone else, and no other', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64')
      expect(encodeBase64(bytes)).toBe(text)
      expect(latin1Of(decodeBase64(text) ?? new Uint8Array(0))).toBe(latin1Of(bytes))
    }),
  )
  for (const text of ['a', 'ab', 'abc', '====', 'ab=c', '!!!!', 'YQ==YQ=='])
    expect(decodeBase64(text)).toBeNull()
})
