import { describe, expect, test } from 'vitest'
import {
  accessAddressKeys,
  addressKeys,
  domainKeys,
  hostAddressKeys,
  search,
  transportKeys,
} from '#tables/search.ts'
import { table } from './open.ts'

const names = (keys: readonly { key: string }[]) => keys.map(({ key }) => key)

describe('which keys are tried', () => {
  test('access(5): the address, its domain and parents, then the user; with and without extension', () => {
    expect(names(accessAddressKeys('bob+x@mail.example.com', '+', 'plain'))).toEqual([
      'bob+x@mail.example.com',
      'bob@mail.example.com',
      'mail.example.com',
      'example.com',
      'com',
      'bob+x@',
      'bob@',
    ])
  })

  test('access(5): parents have a dot when subdomains are matched by .example.com only', () => {
    expect(names(domainKeys('a.b.example', 'dotted'))).toEqual(['a.b.example', '.b.example', '.example'])
  })

  test('access(5): an address of a host loses its octets, without a final dot', () => {
    expect(names(hostAddressKeys('192.0.2.10'))).toEqual(['192.0.2.10', '192.0.2', '192.0', '192'])
    expect(names(hostAddressKeys('2001:db8::1'))).toEqual(['2001:db8::1', '2001:db8', '2001'])
  })

  test('virtual(5): the user alone only for a domain of our own', () => {
    const foreign = addressKeys('bob+x@example.org', { delimiters: '+', local: false })
    expect(names(foreign)).toEqual(['bob+x@example.org', 'bob@example.org', '@example.org'])
    const own = addressKeys('bob+x@example.com', { delimiters: '+', local: true })
    expect(names(own)).toEqual(['bob+x@example.com', 'bob@example.com', 'bob+x', 'bob', '@example.com'])
  })

  test('transport(5): the address, the domain, its dotted parents', () => {
    expect(names(transportKeys('bob@a.example', '', 'dotted'))).toEqual([
      'bob@a.example',
      'a.example',
      '.example',
    ])
  })

  test('postmaster and the owner of a list have no extension', () => {
    expect(names(addressKeys('postmaster@a.example', { delimiters: 'm', local: false }))).toHaveLength(2)
    expect(names(addressKeys('owner-list@a.example', { delimiters: '-', local: false }))).toHaveLength(2)
  })
})

describe('a search', () => {
  const keys = accessAddressKeys('bob@mail.example.com', '+', 'plain')

  test('asks patterns about the whole key only', async () => {
    const pattern = table('regexp:r', '/^example\\.com$/ REJECT\n')
    expect(await search([pattern], keys)).toMatchObject({ result: { kind: 'absent' }, tried: [{}] })
  })

  test('tells every key that was tried, and the row that answered', async () => {
    const access = table('texthash:/etc/access', '# domains\nexample.com REJECT\n')
    expect(await search([access], keys)).toMatchObject({
      tried: [{ key: 'bob@mail.example.com' }, { key: 'mail.example.com' }, { key: 'example.com' }],
      result: { kind: 'found', found: { key: 'example.com', value: 'REJECT', line: 2 } },
    })
  })

  test('stops at a table that cannot be asked', async () => {
    const result = (await search([table('fail:x'), table('static:OK')], keys)).result
    expect(result).toMatchObject({ kind: 'unavailable', table: 'fail:x' })
  })
})
