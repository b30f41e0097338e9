// Addresses in header fields, among names, comments and groups.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addressesIn,
  quoteAddress,
  readAddressList,
  unquoteAddress,
  writeAddressField,
} from '#protocol/message/address-list.ts'

const found = (value: string) => addressesIn(readAddressList(value))

test('finds the addresses and nothing else', () => {
  expect(found('"Bob, the (x) Builder" <bob@example.org> (c (d) e)')).toEqual(['bob@example.org'])
  expect(found('alice, bob (Bob), group: carol, dave;, <eve@x.test>')).toEqual([
    'alice',
    'bob',
    'carol',
    'dave',
    'eve@x.test',
  ])
  expect(found('<>')).toEqual([])
  expect(found('Undisclosed:;, a.b.c @ example.org, "quo ted"@example.org')).toEqual([
    'a.b.c@example.org',
    'quo ted@example.org',
  ])
  expect(found('user@[192.0.2.1]')).toEqual(['user@[192.0.2.1]'])
})

test('a rewritten field is folded as Postfix folds it', () => {
  const parts = readAddressList('alice, bob (Bob) , "A B" <carol>,\n\tgroup: alice, bob;, <u@v.test>').map(
    (part) =>
      part.kind === 'address' && !part.address.includes('@')
        ? { ...part, text: `${part.address}@mail.example.org` }
        : part,
  )
  expect(writeAddressField('To', parts)).toBe(
    'To: alice@mail.example.org, bob@mail.example.org (Bob),\n\t"A B" <carol@mail.example.org>, group: alice@mail.example.org,\n\tbob@mail.example.org;, <u@v.test>',
  )
})

test('an address survives quoting and unquoting', () => {
  expect(quoteAddress('a b@example.org')).toBe('"a b"@example.org')
  expect(quoteAddress('john.doe@example.org')).toBe('john.doe@example.org')
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 20 }), (local) => {
      expect(unquoteAddress(quoteAddress(`${local}@x.test`))).toBe(`${local}@x.test`)
    }),
    { numRuns: 300 },
  )
})

test('any text is read in a time that grows with its length', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (value) => {
      const parts = readAddressList(value)
      expect(parts.length).toBeLessThanOrEqual(3 * value.length + 3)
    }),
    { numRuns: 300 },
  )
  expect(readAddressList('('.repeat(50_000)).length).toBeLessThan(10)
  expect(readAddressList('"\\'.repeat(50_000)).length).toBeGreaterThan(0)
})
