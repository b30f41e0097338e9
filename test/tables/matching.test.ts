import { describe, expect, test } from 'vitest'
import { matchClient, matchDomain, type MatchWorld } from '#tables/matching.ts'
import { table } from './open.ts'

const files: Readonly<Record<string, string>> = {
  '/etc/domains': '# ours\nexample.com, example.org\n',
  '/etc/again': '/etc/again\n',
}
const world: MatchWorld = {
  open: (name) => table(name, '192.0.2.0/28 OK\n'),
  readFile: async (path) => files[path] ?? null,
}
const domain = async (list: string, name: string, style: 'exact' | 'plain' | 'dotted' = 'exact') =>
  (await matchDomain(list.split(/,\s*/), name, style, world)).kind
const client = async (list: string, address: string, name = 'unknown') =>
  (await matchClient(list.split(/,\s*/), { name, address }, 'plain', world)).kind

describe('a list of domains', () => {
  test.each([
    ['example.com', 'EXAMPLE.com', 'exact', 'yes'],
    ['example.com', 'mail.example.com', 'exact', 'no'],
    ['example.com', 'mail.example.com', 'plain', 'yes'],
    ['.example.com', 'mail.example.com', 'dotted', 'yes'],
    ['example.com', 'mail.example.com', 'dotted', 'no'],
    ['!bad.example.com, example.com', 'bad.example.com', 'plain', 'no'],
    ['/etc/domains', 'example.org', 'exact', 'yes'],
    ['!/etc/domains, example.org', 'example.org', 'exact', 'no'],
    ['inline:{example.org=x}', 'mail.example.org', 'plain', 'yes'],
    ['/etc/nothing', 'example.org', 'exact', 'unavailable'],
    ['/etc/again', 'example.org', 'exact', 'unavailable'],
    ['fail:x', 'example.org', 'exact', 'unavailable'],
  ] as const)('%s and %s (%s): %s', async (list, name, style, kind) => {
    expect(await domain(list, name, style)).toBe(kind)
  })
})

describe('a list of clients', () => {
  test.each([
    ['127.0.0.0/8', '127.0.0.5', 'yes'],
    ['127.0.0.0/8, 192.0.2.0/24', '198.51.100.1', 'no'],
    ['!192.0.2.7, 192.0.2.0/24', '192.0.2.7', 'no'],
    ['[2001:db8::]/32', '2001:db8::1', 'yes'],
    ['cidr:/etc/nets', '192.0.2.9', 'yes'],
    ['cidr:/etc/nets', '192.0.2.99', 'no'],
    ['192.0.2.1/24', '192.0.2.1', 'unavailable'],
  ])('%s and %s: %s', async (list, address, kind) => expect(await client(list, address)).toBe(kind))

  test('knows a client by its verified name', async () => {
    expect(await client('example.com', '192.0.2.1', 'mail.example.com')).toBe('yes')
  })
})
