import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern } from '#tables/patterns/match.ts'
import { readPcre, type PcreFlags } from '#tables/patterns/pcre.ts'
import { readPosix } from '#tables/patterns/posix.ts'

const pcre = (pattern: string, text: string, letters: PcreFlags['letters'] = new Set(['s'])) => {
  const match = compilePattern(readPcre(pattern, { letters }))(text)
  return match.kind === 'match' ? match.groups : null
}
const posix = (pattern: string, text: string, syntax: 'extended' | 'basic' = 'extended') => {
  const match = compilePattern(readPosix(pattern, { syntax, letters: 'exact', lines: 'whole' }))(text)
  return match.kind === 'match' ? match.groups : null
}

describe('Perl-compatible patterns', () => {
  test.each([
    ['^(\\w+)@(example\\.(?:com|org))$', 'alice@example.org', ['alice@example.org', 'alice', 'example.org']],
    ['(?<!un)known', 'unknown known', ['known']],
    ['^Subject:(?!.*urgent)', 'Subject: urgent', null],
    ['(a)|(b)', 'b', ['b', undefined, 'b']],
    ['^(a+?)(a*)$', 'aaa', ['aaa', 'a', 'aa']],
    ['^(?>a+)a', 'aaa', null],
    ['^a++b', 'aab', ['aab']],
    ['(\\w)\\1', 'hello', ['ll', 'l']],
    ['(?<x>.)\\k<x>', 'abb', ['bb', 'b']],
    ['^(?i)ab(?-i)C$', 'AbC', ['AbC']],
    ['^(?i:ab)C$', 'ABc', null],
    ['\\Qa.b\\E+', 'xa.bb', ['a.bb']],
    ['[[:digit:]]{2,3}', 'a1234', ['123']],
    ['\\x41\\t[\\x{62}-d]', 'A\tc', ['A\tc']],
    ['end$', 'the end\n', ['end']],
    ['end\\z', 'the end\n', null],
    ['[^\\d\\s]+', '12 ab', ['ab']],
    ['[]-a]+', 'x]_a', [']_a']],
  ])('%s on %j', (pattern, text, groups) => expect(pcre(pattern, text)).toEqual(groups))
})

describe('POSIX patterns', () => {
  test.each([
    ['^[^@]+@example\\.com$', 'alice@example.com', ['alice@example.com']],
    ['(ab)+c', 'xababc', ['ababc', 'ab']],
    ['[]x]', ']', [']']],
    ['[a\\]', '\\', ['\\']],
    ['\\<mail\\>', 'the mail.', ['mail']],
    ['a{2}', 'aaa', ['aa']],
    ['\\d', 'd', ['d']],
  ])('extended %s on %j', (pattern, text, groups) => expect(posix(pattern, text)).toEqual(groups))

  test.each([
    ['\\(ab\\)\\{2\\}', 'abab', ['abab', 'ab']],
    ['a+', 'aa+', ['a+']],
    ['*a', '*a', ['*a']],
  ])('basic %s on %j', (pattern, text, groups) => expect(posix(pattern, text, 'basic')).toEqual(groups))
})

test('agrees with the language’s own expressions wherever both mean the same', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(?:ab)', 'c')
  const piece = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '*?', '{1,2}')).map(([a, q]) => a + q)
  const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))
  const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 })
  fc.assert(
    fc.property(pattern, subject, (source, text) => {
      const own = new RegExp(source, 's').exec(text)
      expect(pcre(source, text)?.[0]).toEqual(own?.[0])
    }),
    { numRuns: 400 },
  )
})

test('any pattern is read, or refused with a reason', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), (source) => {
      for (const read of [() => pcre(source, 'aab'), () => posix(source, 'aab')]) {
        try {
          read()
        } catch (error) {
          expect(error).toMatchObject({ name: 'Error', offset: expect.any(Number) as number })
        }
      }
    }),
    { numRuns: 500 },
  )
})
