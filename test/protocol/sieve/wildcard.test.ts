// `:matches` and what its wildcards stood for.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchWildcard } from '#protocol/sieve/matching/wildcard.ts'

const plain = (text: string) => text

test.each([
  ['Invoice 9', '* *', ['Invoice 9', 'Invoice', '9']],
  ['Invoice  9', '?n*e*9', ['Invoice  9', 'I', 'voic', '  ']],
  ['a*b', 'a\\*b', ['a*b']],
  ['', '*', ['', '']],
  ['', '', ['']],
  ['abc', 'ab', null],
  ['abc', '', null],
  ['aXbXc', '*X*', ['aXbXc', 'a', 'bXc']],
])('%j against %j', (text, pattern, values) => {
  expect(matchWildcard(text, pattern, plain)).toEqual(values)
})

test('says the same as a regular expression does', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 12 })
  const subject = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 20 })
  fc.assert(
    fc.property(subject, letters, (text, pattern) => {
      const source = pattern.replace(/\*/g, '[^]*').replace(/\?/g, '[^]')
      expect(matchWildcard(text, pattern, plain) !== null).toBe(new RegExp(`^${source}$`).test(text))
    }),
    { numRuns: 500 },
  )
})

test('a hostile pattern costs no more than text times pattern', () => {
  expect(matchWildcard('a'.repeat(20_000), `${'*a'.repeat(200)}b`, plain)).toBeNull()
})
