// The SMTP and LMTP client as servers see it.
import { expect, test } from 'vitest'
import { readNexthop } from '#mta/agents/smtp/nexthop.ts'
import { wireForm } from '#mta/agents/smtp/wire-form.ts'
import { openHouse, sink, type House, type SinkOptions } from '../mta-house.ts'

const zone = ['far.test. MX 10 mx.far.test.', 'mx.far.test. A 203.0.113.9']
const letter = { from: 'bob@example.org', to: ['x@far.test'], lines: ['Subject: hi', '', 'Hello.'] }

async function sendTo(options: SinkOptions, mainCf: readonly string[] = [], more = letter) {
  const far = sink({ name: 'mx.far.test', ...options })
  const house = await openHouse({ zone, mainCf, others: { '203.0.113.9': far.accept } })
  await house.submit(more)
  await house.rest()
  return { far, house, log: logOf(house) }
}

const logOf = (house: House) =>
  house
    .of('delivery.result')
    .filter(({ agent }) => agent === 'smtp')
    .map(({ status, outcome, text }) => `${status} ${outcome} ${text}`)

test('refusals are told with the words of the server and the command they answered', async () => {
  const at = 'host mx.far.test[203.0.113.9]'
  expect((await sendTo({ greeting: '554 go away' })).log).toEqual([
    `4.0.0 deferred ${at} refused to talk to me: 554 go away`,
  ])
  expect((await sendTo({ mail: '550 5.7.1 no sender' })).log).toEqual([
    `5.7.1 bounced ${at} said: 550 5.7.1 no sender (in reply to MAIL FROM command)`,
  ])
  expect((await sendTo({ rcpt: '550-first line\r\n550 second' })).log).toEqual([
    `5.0.0 bounced ${at} said: 550-first line 550 second (in reply to RCPT TO command)`,
  ])
  expect((await sendTo({ data: '451 4.3.0 later' })).log).toEqual([
    `4.3.0 deferred ${at} said: 451 4.3.0 later (in reply to end of DATA command)`,
  ])
  expect((await sendTo({ ehlo: ['SIZE 10'] })).log[0]).toMatch(
    /^5.3.4 bounced message size \d+ exceeds size limit 10 of server mx.far.test\[203.0.113.9\]$/,
  )
  expect((await sendTo({}, ['smtp_tls_security_level = encrypt'])).log).toEqual([
    `4.7.4 deferred TLS is required, but was not offered by ${at}`,
  ])
})

test('what the server offers decides which parameters it is sent', async () => {
  const { far } = await sendTo({ ehlo: ['PIPELINING', 'DSN', 'SIZE 1000000'] }, [], {
    ...letter,
    to: [{ address: 'x@far.test', notify: ['success', 'delay'], orcpt: 'rfc822;z+q@a.b' }] as never,
    envelope: { envid: 'q1', ret: 'hdrs', body: '8bitmime' },
  } as never)
  expect(far.accepted[0]?.mail.replace(/SIZE=\d+/, 'SIZE=n')).toBe(
    'MAIL FROM:<bob@example.org> SIZE=n BODY=8BITMIME ENVID=q1 RET=HDRS',
  )
  expect(far.accepted[0]?.rcpt).toEqual(['RCPT TO:<x@far.test> ORCPT=rfc822;z+2Bq@a.b NOTIFY=SUCCESS,DELAY'])
})

test('a letter alone ends with QUIT; letters close together share a connection', async () => {
  const far = sink({ name: 'mx.far.test', ehlo: ['PIPELINING'] })
  const house = await openHouse({ zone, others: { '203.0.113.9': far.accept } })
  await house.submit(letter)
  await house.rest()
  expect(house.of('delivery.state').at(-1)?.to).toBe('closed')
  for (let i = 0; i < 40; i++) await house.submit(letter)
  await house.rest()
  expect(far.accepted).toHaveLength(41)
  expect(far.connections).toBeLessThan(30)
})

test('the second mail exchanger gets what the first could not take', async () => {
  const first = sink({ name: 'mx1.far.test', greeting: '421 busy' })
  const second = sink({ name: 'mx2.far.test' })
  const house = await openHouse({
    zone: [
      'far.test. MX 10 mx1.far.test.',
      'far.test. MX 20 mx2.far.test.',
      'mx1.far.test. A 203.0.113.9',
      'mx2.far.test. A 203.0.113.10',
    ],
    others: { '203.0.113.9': first.accept, '203.0.113.10': second.accept },
  })
  await house.submit(letter)
  await house.rest()
  expect(second.accepted).toHaveLength(1)
  expect(house.of('daemon.logged').map(({ text }) => text)).toContain(
    'host mx1.far.test[203.0.113.9] refused to talk to me: 421 busy',
  )
})

test('DNS says at once what cannot be delivered', async () => {
  const house = await openHouse({
    zone: [
      'null.test. MX 0 .',
      'bad.test. MX 10 nowhere.bad.test.',
      'self.test. MX 10 mail.self.test.',
      'mail.self.test. A 192.0.2.10',
      'nx.test. TXT x',
    ],
  })
  await house.submit({ ...letter, from: '', to: ['a@null.test', 'b@bad.test', 'c@self.test', 'd@nx.test'] })
  await house.rest()
  const dns = 'Host or domain name not found. Name service error for'
  expect(logOf(house).sort()).toEqual([
    '5.1.0 bounced Domain null.test does not accept mail (nullMX)',
    `5.4.4 bounced ${dns} name=nowhere.bad.test type=A: Host not found`,
    `5.4.4 bounced ${dns} name=nx.test type=A: Host found but no data record of requested type`,
    '5.4.6 bounced mail for self.test loops back to myself',
  ])
})

test('LMTP answers for each recipient', async () => {
  const mda = sink({ name: 'mda', rcpt_by_address: { 'carol@': '550 5.1.1 no such user' } })
  const house = await openHouse({
    mainCf: ['mailbox_transport = lmtp:unix:private/dovecot-lmtp'],
    unix: { '/var/spool/postfix/private/dovecot-lmtp': mda.accept },
  })
  await house.submit({ ...letter, from: '', to: ['alice@example.org', 'carol@example.org'] })
  await house.rest()
  const lines = house
    .of('delivery.result')
    .map(({ agent, relay, outcome, text }) => `${agent} ${relay} ${outcome} ${text}`)
  const relay = 'mail.example.org[private/dovecot-lmtp]'
  expect(lines.sort()).toEqual([
    `lmtp ${relay} bounced host ${relay} said: 550 5.1.1 no such user (in reply to RCPT TO command)`,
    `lmtp ${relay} sent 250 2.0.0 accepted`,
  ])
})

test('next hops are written as main.cf writes them', () => {
  expect(readNexthop('far.test', 'smtp', 25)).toEqual({
    kind: 'inet',
    lookup: 'mx',
    host: 'far.test',
    port: 25,
  })
  expect(readNexthop('[mx.isp.test]:submission', 'smtp', 25)).toEqual({
    kind: 'inet',
    lookup: 'host',
    host: 'mx.isp.test',
    port: 587,
  })
  expect(readNexthop('inet:127.0.0.1:24', 'lmtp', 24)).toEqual({
    kind: 'inet',
    lookup: 'host',
    host: '127.0.0.1',
    port: 24,
  })
  expect(readNexthop('unix:private/lmtp', 'lmtp', 24)).toEqual({ kind: 'unix', path: 'private/lmtp' })
})

test('a message goes over the wire with CRLF, doubled dots and no line too long', () => {
  const wire = (text: string, limit = 0) => wireForm(Buffer.from(text), limit).toString()
  expect(wire('a\n.b\n\n..\n')).toBe('a\r\n..b\r\n\r\n...\r\n.\r\n')
  expect(wire('no end')).toBe('no end\r\n.\r\n')
  expect(wire('123456789\nab\n', 4)).toBe('1234\r\n 567\r\n 89\r\nab\r\n.\r\n')
  expect(wire('')).toBe('.\r\n')
})

test('generic(5) and smtp_header_checks change what the outside sees, envelope and header', async () => {
  const { far } = await sendTo({}, [
    'smtp_generic_maps = inline:{bob@example.org=bob@isp.test}',
    'smtp_header_checks = regexp:{{/^Subject: hi/ REPLACE Subject: ho}}',
  ])
  expect(far.accepted[0]?.mail).toBe('MAIL FROM:<bob@isp.test>')
  expect(far.accepted[0]?.lines).toContain('From: bob@isp.test')
  expect(far.accepted[0]?.lines).toContain('Subject: ho')
})
