import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { externalForm, internalForm } from '#protocol/address/address.ts'
import { readForwardPath, readReversePath } from '#protocol/address/path.ts'

const limits = { strictEnvelopes: 'no', smtputf8: 'no' } as const
const read = (text: string) => {
  const result = readReversePath(text, limits)
  return result.ok ? internalForm(result.path) : null
}

describe('the address of MAIL, as a real Postfix reads it', () => {
  test.each([
    ['<a@b>', 'a@b'],
    ['<"a b"@b.example>', 'a b@b.example'],
    ['<>', ''],
    ['<"">', ''],
    ['<""@b.example>', '@b.example'],
    ['a@b.example', 'a@b.example'],
    ['a@b.example>', 'a@b.example'],
    ['"a b"@b.example', 'a b@b.example'],
    ['<@a.example,@b.example:c@d.example>', 'c@d.example'],
    ['<@a.example:"x:y"@d.example>', 'x:y@d.example'],
    ['<@a b>:c@d.example>', 'c@d.example'],
    ['<@a.example:>', ''],
    ['<"@:"@b.example>', '@:@b.example'],
    ['<a)b]@c.example>', 'a)b]@c.example'],
    ['<a@b.example@>', 'a@b.example@'],
    ['<a@[1.2.3.4]>', 'a@[1.2.3.4]'],
    ['<a@[IPv6:::1]>', 'a@[IPv6:::1]'],
    ['<a@[1.2.3.4>', 'a@[1.2.3.4]'],
    ['<a@b_c.example>', 'a@b_c.example'],
    ['<a@b.example.>', 'a@b.example.'],
    ['<a@b@c.example>', 'a@b@c.example'],
    ['<a>', 'a'],
    ['<a(comment)@b.example>', 'a@b.example'],
    ['(comment)<a@b.example>', 'a@b.example'],
    ['<Ann Other <a@b.example>>', 'a@b.example'],
    ['< a@b.example >', 'a@b.example'],
    ['<a..b@b.example>', 'a..b@b.example'],
    ['<a\\@c@b.example>', 'a@c@b.example'],
    ['<"a\\"b"@b.example>', 'a"b@b.example'],
    ['<a!b>', 'a!b'],
    ['<a%b@example.com>', 'a%b@example.com'],
    ['<<a@b.example>>', 'a@b.example'],
    ['a<b@c.example>', 'b@c.example'],
  ])('%s is taken', (text, internal) => {
    expect(read(text)).toBe(internal)
  })

  test.each([
    '<a b@b>',
    '<a@[1.2.3.400]>',
    '<a@[IPv6:zz]>',
    '<a@-b.example>',
    '<a@b..example>',
    '<a@1.2.3.4>',
    '<@"a:b":c@d.example>',
    '<a@b.example>SIZE=1',
    '<a,b@c.example>',
    '<a;b@c.example>',
    '<a@b.example><c@d.example>',
    '<a@bå.example>',
    '<a@*.example>',
    `<a@${'x'.repeat(70)}.example>`,
    '<a@[1.2.3.4].example>',
  ])('%s is refused', (text) => {
    expect(read(text)).toBeNull()
  })

  test('another alphabet is for those who asked for SMTPUTF8', () => {
    expect(readForwardPath('<a@blåbær.example>', { ...limits, smtputf8: 'yes' }).ok).toBe(true)
    expect(readForwardPath('<søren@b.example>', limits).ok).toBe(true)
  })

  test('strict_rfc821_envelopes wants brackets and nothing but the address', () => {
    const strict = { ...limits, strictEnvelopes: 'yes' } as const
    expect(readForwardPath('<a@b.example>', strict).ok).toBe(true)
    expect(readForwardPath('a@b.example', strict).ok).toBe(false)
    expect(readForwardPath('<Ann <a@b.example>>', strict).ok).toBe(false)
  })

  test('a recipient cannot be nobody', () => {
    expect(readForwardPath('<>', limits)).toEqual({ ok: false, problem: 'empty' })
  })
})

describe('any text', () => {
  test('is read or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        readReversePath(text, limits)
      }),
      { numRuns: 200 },
    )
  })

  test('an address written out is read back as the same', () => {
    const localPart = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(localPart, (local) => {
        expect(read(`<${externalForm(`${local}@b.example`)}>`)).toBe(`${local}@b.example`)
      }),
      { numRuns: 200 },
    )
  })

  test('a long one costs no more than its length', () => {
    for (const piece of ['<', '"', '(', '@a,', '\\', 'a ', ':', '[']) {
      const started = performance.now()
      readReversePath(piece.repeat(20_000), limits)
      expect(performance.now() - started).toBeLessThan(1000)
    }
  })
})
