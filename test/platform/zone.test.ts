import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { Resolver as SystemResolver } from 'node:dns/promises'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reverseName } from '#platform/addresses.ts'
import { answerMessage } from '#platform/dns-message.ts'
import { createResolver, type DnsFact } from '#platform/memory/resolver.ts'
import { serveDns } from '#platform/node/dns-server.ts'
import type { DnsRecord, RecordType } from '#platform/resolver.ts'
import { parseZone } from '#platform/zone.ts'
import { growth, linear } from '../growth.ts'

const twoOffices = `
$TTL 1h
$ORIGIN example.com.
@       IN SOA  ns hostmaster (
                2026030201 ; serial
                2h 15m 2w 60 )
        IN NS   ns
        60 IN MX 10 mail
        IN 120 MX 20 backup.example.org.
        TXT     "v=spf1 mx -all"
mail    A       192.0.2.10
        AAAA    2001:DB8:0:0::10
ns      A       192.0.2.1
www     CNAME   mail
*.lists MX      5 mail
key._domainkey TXT ( "v=DKIM1; " "k=rsa; p=\\"x\\"" )
_imaps._tcp SRV 0 1 993 mail
_25._tcp.mail TLSA 3 1 1 0123 ABCD
loop    CNAME   loop2
loop2   CNAME   loop
far.test. MX 10 mx.far.test.
127.in-addr.arpa. SERVFAIL
broken.test. SERVFAIL
10.2.0.192.in-addr.arpa. PTR mail
`

const { zone, problems } = parseZone(twoOffices)
const facts: DnsFact[] = []
const resolver = createResolver({
  zone: () => zone,
  hostsFile: () => '127.0.0.1 localhost # here\n192.0.2.77 Printer.example.com printer\n',
  emit: (fact) => facts.push(fact),
})

const ask = async (name: string, type: RecordType) => {
  const { code, records } = await resolver.query(name, type)
  return [code, ...records]
}

describe('a zone file', () => {
  it('is read with its origin, times to live, parentheses, comments and strings', async () => {
    expect(problems).toEqual([])
    expect(await ask('example.com', 'MX')).toEqual([
      'NOERROR',
      { name: 'example.com', ttl: 60, type: 'MX', preference: 10, exchange: 'mail.example.com' },
      { name: 'example.com', ttl: 120, type: 'MX', preference: 20, exchange: 'backup.example.org' },
    ])
    expect(await ask('example.com.', 'SOA')).toMatchObject([
      'NOERROR',
      {
        primary: 'ns.example.com',
        serial: 2026030201,
        refresh: 7200,
        retry: 900,
        expire: 1209600,
        minimum: 60,
        ttl: 3600,
      },
    ])
    expect(await ask('key._domainkey.example.com', 'TXT')).toMatchObject([
      'NOERROR',
      { text: 'v=DKIM1; k=rsa; p="x"' },
    ])
    expect(await ask('mail.example.com', 'AAAA')).toMatchObject(['NOERROR', { value: '2001:db8::10' }])
    expect(await ask('_25._tcp.mail.example.com', 'TLSA')).toMatchObject([
      'NOERROR',
      { usage: 3, data: '0123abcd' },
    ])
    expect(await ask('_imaps._tcp.example.com', 'SRV')).toMatchObject([
      'NOERROR',
      { port: 993, target: 'mail.example.com' },
    ])
    expect(await ask('far.test', 'MX')).toMatchObject(['NOERROR', { exchange: 'mx.far.test' }])
  })

  it('tells "no such name" from "no such record", and knows when servers fail', async () => {
    expect(await ask('nobody.example.com', 'A')).toEqual(['NXDOMAIN'])
    expect(await ask('MAIL.Example.COM', 'MX')).toEqual(['NOERROR'])
    expect(await ask('_tcp.example.com', 'A')).toEqual(['NOERROR'])
    expect(await ask('com', 'A')).toEqual(['NOERROR'])
    expect(await ask('deep.in.broken.test', 'MX')).toEqual(['SERVFAIL'])
    expect(await ask('test', 'A')).toEqual(['NOERROR'])
    expect(await ask('a..b', 'A')).toEqual(['NXDOMAIN'])
    expect(await ask(`${'x'.repeat(64)}.example.com`, 'A')).toEqual(['NXDOMAIN'])
  })

  it('follows an alias, and gives up when it goes round', async () => {
    expect(await ask('www.example.com', 'A')).toMatchObject([
      'NOERROR',
      { type: 'CNAME' },
      { value: '192.0.2.10' },
    ])
    expect(await ask('www.example.com', 'CNAME')).toMatchObject(['NOERROR', { value: 'mail.example.com' }])
    expect(await ask('loop.example.com', 'A')).toEqual(['SERVFAIL'])
  })

  it('lets a star stand for names that are not there', async () => {
    expect(await ask('dev.lists.example.com', 'MX')).toMatchObject([
      'NOERROR',
      { name: 'dev.lists.example.com', preference: 5 },
    ])
    expect(await ask('a.b.lists.example.com', 'MX')).toMatchObject(['NOERROR', { preference: 5 }])
    expect(await ask('dev.lists.example.com', 'A')).toEqual(['NOERROR'])
    expect(await ask('lists.example.com', 'MX')).toEqual(['NOERROR'])
  })

  it('says where it is wrong', () => {
    const wrong = (text: string) =>
      parseZone(text).problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
    expect(wrong('a.test. A 192.0.2.300')).toEqual([
      '1:11: this is not A data; write for instance A 192.0.2.1',
    ])
    expect(wrong('\n  A 192.0.2.1')).toEqual([
      '2:3: the first record needs a name at the beginning of its line',
    ])
    expect(wrong('a.test. XY 1')[0]).toMatch(/^1:9: "XY" is not a record type known here/)
    expect(wrong('a.test. MX mx.test.')[0]).toMatch(/^1:12: this is not MX data/)
    expect(wrong('a.test. TXT "open')[0]).toBe('1:13: a quote that is not closed on its line')
    expect(wrong('a.test. TXT ( "x"')[0]).toBe('1:13: this parenthesis is never closed')
    expect(wrong('$INCLUDE /etc/passwd')[0]).toMatch(/^1:1: \$INCLUDE is not known here/)
    expect(wrong('a.test. CNAME b.test.\na.test. A 192.0.2.1')[0]).toMatch(/^2:9: a.test is an alias/)
    expect(wrong('a..b. A 192.0.2.1')[0]).toBe('1:1: "a..b." is not a domain name')
    expect(wrong('a.test.')).toEqual(['1:1: a record type is missing, such as A, MX or TXT'])
  })

  it('is read in a moment whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('(', ')', '"', ';', '\\', '\n', ' ', 'a', '.', '$', 'A', '1', 'é')),
        (parts) => {
          parseZone(parts.join(''))
        },
      ),
      { numRuns: 300 },
    )
    for (const part of ['(', '"', '\\', 'a.', '$TTL ', '1h'])
      expect(growth(5000, (size) => parseZone(part.repeat(size)))).toBeLessThan(linear)
  })
})

describe('the resolver of a host', () => {
  it('asks /etc/hosts first where the system does, and DNS alone for mail', async () => {
    expect(await resolver.addresses('localhost')).toEqual({ addresses: ['127.0.0.1'], temporary: false })
    expect(await resolver.addresses('PRINTER')).toEqual({ addresses: ['192.0.2.77'], temporary: false })
    expect(await resolver.addresses('mail.example.com')).toEqual({
      addresses: ['192.0.2.10', '2001:db8::10'],
      temporary: false,
    })
    expect(await resolver.addresses('192.0.2.5')).toEqual({ addresses: ['192.0.2.5'], temporary: false })
    expect(await resolver.addresses('x.broken.test')).toEqual({ addresses: [], temporary: true })
    expect(await resolver.nameOf('127.0.0.1')).toEqual({ name: 'localhost', temporary: false })
    expect(await resolver.nameOf('192.0.2.10')).toEqual({ name: 'mail.example.com', temporary: false })
    expect(await resolver.nameOf('192.0.2.99')).toEqual({ name: null, temporary: false })
    expect(await resolver.nameOf('127.0.0.5')).toEqual({ name: null, temporary: true })
    expect(await ask('localhost', 'A')).toEqual(['NXDOMAIN'])
    expect(reverseName('2001:db8::1')).toBe(
      '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
    )
  })

  it('states what it was told', async () => {
    facts.length = 0
    await resolver.query('example.com', 'MX')
    await resolver.addresses('localhost')
    expect(facts).toEqual([
      {
        type: 'dns.answered',
        name: 'example.com',
        record: 'MX',
        code: 'NOERROR',
        answers: ['10 mail.example.com', '20 backup.example.org'],
        source: 'dns',
      },
      {
        type: 'dns.answered',
        name: 'localhost',
        record: 'A',
        code: 'NOERROR',
        answers: ['127.0.0.1'],
        source: 'hosts',
      },
    ])
  })

  it('brings every record through a DNS message unchanged', async () => {
    const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9-]{0,20}[a-z0-9])?$/)
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
    const number = fc.nat(65535)
    const record: fc.Arbitrary<DnsRecord> = fc.oneof(
      fc.record({ name, ttl: number, type: fc.constant('A' as const), value: fc.ipV4() }),
      fc.record({ name, ttl: number, type: fc.constant('MX' as const), preference: number, exchange: name }),
      fc.record({
        name,
        ttl: number,
        type: fc.constant('TXT' as const),
        text: fc.string({ maxLength: 700 }),
      }),
      fc.record({
        name,
        ttl: number,
        type: fc.constant('SRV' as const),
        priority: number,
        weight: number,
        port: number,
        target: name,
      }),
    )
    await fc.assert(
      fc.asyncProperty(record, async (one) => {
        const records = new Map([[one.name, [one]]])
        const host = createResolver({
          zone: () => ({ records, between: new Set(), failing: new Set() }),
          hostsFile: () => '',
        })
        expect(await host.query(one.name, one.type)).toEqual({ code: 'NOERROR', records: [one] })
      }),
      { numRuns: 200 },
    )
  })
})

describe('the name server on a real port', () => {
  it('answers dig and libraries over UDP and TCP, truncates, and refuses what it must', async () => {
    const big = `big.test. TXT "${'x'.repeat(200)}"\n`.repeat(10)
    const many = parseZone(`${twoOffices}\n${big}`).zone
    const server = await serveDns({ zone: () => many, listenOn: '127.0.0.1', port: 0 })
    try {
      const library = new SystemResolver({ timeout: 2000, tries: 1 })
      library.setServers([`127.0.0.1:${server.port}`])
      expect(await library.resolveMx('example.com')).toHaveLength(2)
      expect(await library.resolveTxt('big.test')).toHaveLength(10)
      await expect(library.resolve4('nobody.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' })
      await expect(library.resolve4('x.broken.test')).rejects.toMatchObject({ code: 'ESERVFAIL' })

      const garbage = createSocket('udp4')
      garbage.send(Buffer.from('not a question'), server.port, '127.0.0.1')
      expect(await library.resolve4('mail.example.com')).toEqual(['192.0.2.10'])
      garbage.close()
      await expect(serveDns({ zone: () => many, listenOn: '127.0.0.1', port: server.port })).rejects.toThrow(
        '--publish auto',
      )

      const dig = await runDig(server.port)
      if (dig !== null) {
        expect(await dig('big.test', 'TXT', '+ignore', '+bufsize=512')).toContain('flags: qr aa tc rd ra')
        expect(await dig('example.com', 'AXFR')).toContain('Transfer failed')
        expect(await dig('example.com', 'CAA')).toMatch(/status: NOERROR.*ANSWER: 0, AUTHORITY: 1/s)
        expect(await dig('example.com', 'ANY')).toContain('v=spf1 mx -all')
        expect(await dig('example.com', 'MX', '+edns=1', '+noednsnegotiation')).toContain('status: BADVERS')
      }
    } finally {
      await server.close()
    }
  })

  it('never fails on bytes from outside', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        answerMessage(zone, Buffer.from(bytes), 'udp')
      }),
      { numRuns: 500 },
    )
  })
})

/** Asks with the real dig, where there is one. */
async function runDig(port: number): Promise<((...words: string[]) => Promise<string>) | null> {
  const run = promisify(execFile)
  const dig = async (...words: string[]) =>
    (await run('dig', ['@127.0.0.1', '-p', String(port), '+time=2', '+tries=1', ...words])).stdout
  try {
    await dig('example.com', 'MX')
    return dig
  } catch {
    return null
  }
}
