import { afterEach, describe, expect, test } from 'vitest'
import { MappingUnavailable } from '#mta/addressing.ts'
import { createAddressing } from '#mta/rewrite/addressing.ts'
import { isKnownRecipient } from '#mta/rewrite/known-recipient.ts'
import { canonicalMap, genericMap, masquerade, virtualAliasExpand } from '#mta/rewrite/mappings.ts'
import { resolveAddress } from '#mta/rewrite/resolve.ts'
import { rewriteAddress } from '#mta/rewrite/rewrite-address.ts'
import type { Postfix } from '#mta/postfix.ts'
import { startCaseHost, type CaseHost } from '../smtpd/restrictions/host.ts'

let host: CaseHost | null = null
afterEach(() => host?.close())

const start = async (...main_cf: string[]): Promise<Postfix> => {
  host = await startCaseHost({
    hostname: 'mail.example.com',
    main_cf: ['mydestination = $myhostname, example.com, localhost', 'myorigin = example.com', ...main_cf],
    users: ['alice', 'bob'],
  })
  return host.postfix
}

describe('an address in standard form', () => {
  test.each([
    ['alice', 'local', 'alice@example.com'],
    ['alice', { domain: 'domain.invalid' }, 'alice@domain.invalid'],
    ['alice', null, 'alice'],
    ['alice@host', 'local', 'alice@host.example.com'],
    ['alice@host', { domain: 'domain.invalid' }, 'alice@host.domain.invalid'],
    ['host!alice', 'local', 'alice@host.example.com'],
    ['a!b!alice', 'local', 'b!alice@a.example.com'],
    ['alice%other.test', 'local', 'alice@other.test'],
    ['alice%x@other.test', 'local', 'alice%x@other.test'],
    ['@a,@b:alice@other.test', 'local', 'alice@other.test'],
    ['alice@other.test.', 'local', 'alice@other.test'],
    ['alice@[192.0.2.1]', 'local', 'alice@[192.0.2.1]'],
    ['', 'local', ''],
  ] as const)('%j in context %j is %s', async (address, context, result) => {
    const { settings } = await start('append_dot_mydomain = yes')
    expect(rewriteAddress(address, context, settings)).toBe(result)
  })
})

describe('where mail goes', () => {
  const settings = [
    'virtual_alias_domains = alias.test',
    'virtual_mailbox_domains = boxes.test',
    'relay_domains = relay.test',
    'transport_maps = inline:{ { err.test = error:5.7.0 closed }, { .sub.test = smtp:[192.0.2.7] }, { nil.test = : }, { hop.test = :[192.0.2.8] }, { dead.test = error: }, { bob@example.com = discard: } }',
    'relocated_maps = inline:{ { gone@example.com = away@other.test } }',
    'proxy_interfaces = 198.51.100.1',
  ]

  test.each([
    ['alice@example.com', 'local', 'local', 'mail.example.com', 'alice@example.com'],
    ['alice@EXAMPLE.COM', 'local', 'local', 'mail.example.com', 'alice@EXAMPLE.COM'],
    ['alice@[127.0.0.1]', 'local', 'local', 'mail.example.com', 'alice@[127.0.0.1]'],
    ['alice@[198.51.100.1]', 'local', 'local', 'mail.example.com', 'alice@[198.51.100.1]'],
    ['alice@[192.0.2.99]', 'default', 'smtp', '[192.0.2.99]', 'alice@[192.0.2.99]'],
    ['@example.com', 'local', 'local', 'mail.example.com', 'MAILER-DAEMON@example.com'],
    ['x@other.test', 'default', 'smtp', 'other.test', 'x@other.test'],
    ['x@relay.test', 'relay', 'relay', 'relay.test', 'x@relay.test'],
    ['x@deep.relay.test', 'relay', 'relay', 'deep.relay.test', 'x@deep.relay.test'],
    ['x@boxes.test', 'virtual-mailbox', 'virtual', 'boxes.test', 'x@boxes.test'],
    ['x@alias.test', 'virtual-alias', 'error', '5.1.1 User unknown in virtual alias table', 'x@alias.test'],
    ['x@err.test', 'default', 'error', '5.7.0 closed', 'x@err.test'],
    ['x@a.sub.test', 'default', 'smtp', '[192.0.2.7]', 'x@a.sub.test'],
    ['x@sub.test', 'default', 'smtp', 'sub.test', 'x@sub.test'],
    ['x@nil.test', 'default', 'smtp', 'nil.test', 'x@nil.test'],
    ['x@hop.test', 'default', 'smtp', '[192.0.2.8]', 'x@hop.test'],
    ['x@dead.test', 'default', 'error', 'Address is undeliverable', 'x@dead.test'],
    ['bob@example.com', 'local', 'discard', 'example.com', 'bob@example.com'],
    ['gone@example.com', 'local', 'error', '5.1.6 User has moved to away@other.test', 'gone@example.com'],
    ['x%other.test@example.com', 'default', 'smtp', 'other.test', 'x@other.test'],
    ['other.test!x@example.com', 'default', 'smtp', 'other.test', 'x@other.test'],
    ['x@other.test@example.com', 'default', 'smtp', 'other.test', 'x@other.test'],
  ])(
    '%s: class %s, transport %s, next hop %s',
    async (address, addressClass, transport, nexthop, recipient) => {
      const postfix = await start(...settings)
      const resolved = await resolveAddress(address, 'sender@example.net', postfix)
      expect(resolved).toMatchObject({ addressClass, transport, nexthop, recipient })
    },
  )

  test('a local part that asks another host to route is marked', async () => {
    const postfix = await start()
    expect((await resolveAddress('x%y@relay.test', '', postfix)).flags.routed).toBe(true)
    expect((await resolveAddress('x@relay.test', '', postfix)).flags.routed).toBe(false)
  })

  test('relayhost goes before the domain, the sender’s own before it, and a transport’s own before all', async () => {
    const own = [
      'relayhost = [smart.test]',
      'sender_dependent_relayhost_maps = inline:{ alice@example.com=[hers.test], bob@example.com=DUNNO }',
    ]
    const nexthop = async (sender: string, ...more: string[]) =>
      (await resolveAddress('x@other.test', sender, await start(...own, ...more))).nexthop
    expect(await nexthop('carol@example.com')).toBe('[smart.test]')
    expect(await nexthop('alice@example.com')).toBe('[hers.test]')
    expect(await nexthop('bob@example.com')).toBe('[smart.test]')
    expect(await nexthop('alice@example.com', 'default_transport = smtp:[own.test]')).toBe('[own.test]')
  })

  test('says in words what decided', async () => {
    const postfix = await start(...settings)
    const why = async (address: string) => (await resolveAddress(address, '', postfix)).why
    expect(await why('x@err.test')).toContain('in transport_maps')
    expect(await why('alice@example.com')).toBe('example.com is in mydestination: local_transport')
    expect(await why('x@other.test')).toBe('other.test is no domain of ours: default_transport')
  })

  test('a table that cannot be asked is no answer: the mail is tried again later', async () => {
    const postfix = await start('transport_maps = fail:x')
    await expect(resolveAddress('x@other.test', '', postfix)).rejects.toThrow(MappingUnavailable)
    const addressing = createAddressing(postfix)
    expect(await addressing.resolve('x@other.test', '')).toMatchObject({ kind: 'unavailable' })
  })
})

describe('who is known', () => {
  const known = async (address: string, postfix: Postfix) => {
    const result = await isKnownRecipient(await resolveAddress(address, '', postfix), 'recipient', postfix)
    return result.kind === 'known' ? 'known' : `${result.code} ${result.status} ${result.text}`
  }

  test.each([
    ['alice@example.com', 'known'],
    ['alice+shop@example.com', 'known'],
    ['postmaster@example.com', 'known'],
    ['MAILER-DAEMON@example.com', 'known'],
    ['nobody@example.com', '550 5.1.1 User unknown in local recipient table'],
    ['x@other.test', 'known'],
    ['x@boxes.test', '550 5.1.1 User unknown in virtual mailbox table'],
    ['box@boxes.test', 'known'],
    ['x@relay.test', '550 5.1.1 User unknown in relay recipient table'],
    ['x@alias.test', '450 5.1.1 User unknown in virtual alias table'],
    ['info@alias.test', 'known'],
  ])('%s: %s', async (address, answer) => {
    const postfix = await start(
      'recipient_delimiter = +',
      'virtual_mailbox_domains = boxes.test',
      'virtual_mailbox_maps = inline:{box@boxes.test=box/}',
      'relay_domains = relay.test',
      'relay_recipient_maps = inline:{y@relay.test=x}',
      'virtual_alias_domains = alias.test',
      'virtual_alias_maps = inline:{info@alias.test=alice}',
      'unknown_virtual_alias_reject_code = 450',
    )
    expect(await known(address, postfix)).toBe(answer)
  })
})

describe('virtual aliases', () => {
  const expand = async (address: string, ...main_cf: string[]) =>
    virtualAliasExpand(address, await start('recipient_delimiter = +', ...main_cf))

  test('are followed to the end, in order, and stop at an address that leads to itself', async () => {
    const maps =
      'virtual_alias_maps = inline:{ { all@a.test = x@a.test, y@a.test }, { x@a.test = x@a.test bob }, { y@a.test = z@b.test } }'
    expect(await expand('all@a.test', maps)).toEqual(['x@a.test', 'z@b.test', 'bob@example.com'])
  })

  test('@domain keeps the user, and an extension that no key used up is carried over', async () => {
    const maps =
      'virtual_alias_maps = inline:{ { @a.test = @b.test }, { info@c.test = bob@d.test }, { one+x@c.test = plain@d.test } }'
    expect(await expand('joe+box@a.test', maps)).toEqual(['joe+box@b.test'])
    expect(await expand('info+box@c.test', maps)).toEqual(['bob+box@d.test'])
    expect(await expand('one+x@c.test', maps)).toEqual(['plain@d.test'])
  })

  test('that go round are refused for now, with a warning', async () => {
    const round = 'virtual_alias_maps = inline:{ { a@x.test = b@x.test }, { b@x.test = a@x.test } }'
    await expect(expand('a@x.test', round)).rejects.toThrow(
      'virtual_alias_maps map lookup problem for a@x.test',
    )
    const texts = host?.facts.flatMap((fact) => (fact.type === 'daemon.logged' ? [fact.text] : []))
    expect(
      texts?.some((text) => text.includes('unreasonable virtual_alias_maps map nesting for a@x.test')),
    ).toBe(true)
  })
})

describe('canonical tables and masquerading', () => {
  test('each place asks its own tables first', async () => {
    const postfix = await start(
      'canonical_maps = inline:{ { bob@example.com = robert@example.com } }',
      'sender_canonical_maps = inline:{ { joe@example.com = bob@example.com } }',
    )
    expect(await canonicalMap('joe@example.com', 'envelope_sender', postfix)).toMatchObject({
      address: 'robert@example.com',
    })
    expect(await canonicalMap('joe@example.com', 'envelope_recipient', postfix)).toEqual({
      address: 'joe@example.com',
      by: null,
    })
  })

  test.each([
    ['alice@host.example.com', 'alice@example.com'],
    ['root@host.example.com', 'root@host.example.com'],
    ['alice@host.keep.example.com', 'alice@host.keep.example.com'],
    ['alice@example.com', 'alice@example.com'],
    ['alice@notexample.com', 'alice@notexample.com'],
  ])('masquerading %s gives %s', async (address, result) => {
    const { settings } = await start(
      'masquerade_domains = !keep.example.com, example.com',
      'masquerade_exceptions = root',
    )
    expect(masquerade(address, settings)).toBe(result)
  })

  test('generic(5) maps what leaves by SMTP', async () => {
    const postfix = await start('smtp_generic_maps = inline:{ { alice@example.com = alice@isp.test } }')
    expect((await genericMap('alice@example.com', postfix)).address).toBe('alice@isp.test')
  })
})
