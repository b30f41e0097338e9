/** A recorded trace to draw: alice submits one letter; bob gets it by LMTP, carol through her domain's MX. */
import type { TraceEvent, TraceFact, TracedReply } from '#trace/events.ts'

type Draft = TraceFact & { host?: string; journey?: string }

const mail = 'mail.example.com'
const mx = 'mx.example.org'
const laptop = 'laptop.example.com'
const began = Date.UTC(2026, 2, 2, 9, 0, 0)

const hosts = [
  {
    name: mail,
    address: '192.0.2.10',
    services: Object.entries({
      smtp: 25,
      submission: 587,
      submissions: 465,
      lmtp: 24,
      pop3: 110,
      pop3s: 995,
      imap: 143,
      imaps: 993,
    }).map(([name, port]) => ({ name, port })),
    users: ['alice', 'bob'],
    scripted: false,
  },
  { name: laptop, address: '192.0.2.50', services: [], users: [], scripted: false },
  {
    name: mx,
    address: '198.51.100.20',
    services: Object.entries({ smtp: 25, lmtp: 24, pop3: 110, imap: 143 }).map(([name, port]) => ({
      name,
      port,
    })),
    users: ['carol', 'dave'],
    scripted: false,
  },
  { name: 'outsider.example.net', address: '203.0.113.9', services: [], users: [], scripted: false },
]

const reply = (code: string, status: string | null, ...lines: string[]): TracedReply => ({
  code,
  status,
  lines,
})

const content = `Received: from laptop.example.com (laptop.example.com [192.0.2.50])
\tby mail.example.com (Postfix) with ESMTPSA id 4QX9Zc1Bv5z1G
\tfor <bob@example.com>; Mon,  2 Mar 2026 09:00:02 +0000 (UTC)
From: Alice <alice@example.com>
To: Bob <bob@example.com>, Carol <carol@example.org>
Subject: Lunch on Friday?
Message-Id: <20260302090002.1@laptop.example.com>
Date: Mon, 02 Mar 2026 09:00:02 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Shall we meet at noon, at the usual place?

Alice
`

/** The whole story as facts. */
export function story(): readonly Draft[] {
  const published = [
    { host: mail, service: 'smtp', address: '127.0.0.1', port: 2525 },
    { host: mail, service: 'submission', address: '127.0.0.1', port: 2587 },
    { host: mail, service: 'pop3', address: '127.0.0.1', port: 2110 },
    { host: mail, service: 'imap', address: '127.0.0.1', port: 2143 },
  ]
  const facts: Draft[] = [
    {
      type: 'lab.started',
      version: 1,
      lab: 'two-offices',
      title: { en: 'Two offices', zh: '两个公司' },
      seed: 7,
      storage: 'disk',
      hosts,
      published,
    },
    ...session({
      daemon: 'smtpd',
      id: 's1',
      connection: 'c1',
      host: mail,
      service: 'submission',
      port: 587,
      client: { name: laptop, address: '192.0.2.50' },
      journey: 'j1',
    })
      .greet(reply('220', null, 'mail.example.com ESMTP Postfix'))
      .turn(
        'EHLO laptop.example.com',
        reply(
          '250',
          null,
          'mail.example.com',
          'PIPELINING',
          'SIZE 10240000',
          'STARTTLS',
          'ENHANCEDSTATUSCODES',
          '8BITMIME',
        ),
        ['connected', 'ready'],
      )
      .turn('STARTTLS', reply('220', '2.0.0', 'Ready to start TLS'), ['ready', 'tls'])
      .fact({
        type: 'smtpd.tls',
        session: 's1',
        version: 'TLSv1.3',
        cipher: 'TLS_AES_256_GCM_SHA384',
        bits: 256,
        outcome: 'established',
      })
      .turn(
        'EHLO laptop.example.com',
        reply(
          '250',
          null,
          'mail.example.com',
          'PIPELINING',
          'SIZE 10240000',
          'AUTH PLAIN LOGIN',
          'ENHANCEDSTATUSCODES',
          '8BITMIME',
        ),
        ['connected', 'ready'],
      )
      .turn('AUTH PLAIN ****', reply('235', '2.7.0', 'Authentication successful'))
      .fact({ type: 'smtpd.auth', session: 's1', mechanism: 'PLAIN', user: 'alice', outcome: 'ok' })
      .turn('MAIL FROM:<alice@example.com>', reply('250', '2.1.0', 'Ok'), ['ready', 'mail'])
      .fact({ type: 'smtpd.transaction', session: 's1', sender: 'alice@example.com' })
      .command('RCPT TO:<victim@elsewhere.example>')
      .fact({
        type: 'restriction.list',
        session: 's1',
        stage: 'relay',
        list: 'smtpd_relay_restrictions',
        items: ['permit_mynetworks', 'permit_sasl_authenticated', 'defer_unauth_destination'],
      })
      .fact(verdict('permit_mynetworks', 0, 'dunno', 'The client is not in mynetworks.'))
      .fact(verdict('permit_sasl_authenticated', 1, 'dunno', 'The client has not logged in.'))
      .fact({
        ...verdict(
          'reject_unauth_destination',
          2,
          'reject',
          'We are not the final destination of that domain, and do not relay for it.',
        ),
        reply: reply('554', '5.7.1', '<victim@elsewhere.example>: Relay access denied'),
        lookups: [{ table: 'relay_domains', key: 'elsewhere.example', outcome: 'absent' }],
      })
      .answer(reply('554', '5.7.1', '<victim@elsewhere.example>: Relay access denied'))
      .turn('RCPT TO:<bob@example.com>', reply('250', '2.1.5', 'Ok'), ['mail', 'recipients'])
      .turn('RCPT TO:<carol@example.org>', reply('250', '2.1.5', 'Ok'))
      .turn('DATA', reply('354', null, 'End data with <CR><LF>.<CR><LF>'), ['recipients', 'data'])
      .fact({ type: 'smtpd.data', session: 's1', size: 412, head: content.slice(180) })
      .fact({
        type: 'queue.created',
        queueId: '4QX9Zc1Bv5z1G',
        session: 's1',
        origin: 'smtpd',
        sender: 'alice@example.com',
        size: 412,
      })
      .fact({
        type: 'cleanup.message',
        queueId: '4QX9Zc1Bv5z1G',
        messageId: '20260302090002.1@laptop.example.com',
        subject: 'Lunch on Friday?',
        size: 520,
        content,
      })
      .fact({
        type: 'queue.recipient',
        queueId: '4QX9Zc1Bv5z1G',
        recipient: 'bob@example.com',
        original: 'bob@example.com',
      })
      .fact({
        type: 'queue.recipient',
        queueId: '4QX9Zc1Bv5z1G',
        recipient: 'carol@example.org',
        original: 'carol@example.org',
      })
      .fact({ type: 'queue.moved', queueId: '4QX9Zc1Bv5z1G', from: null, to: 'incoming' })
      .answer(reply('250', '2.0.0', 'Ok: queued as 4QX9Zc1Bv5z1G'), ['data', 'ready'])
      .turn('QUIT', reply('221', '2.0.0', 'Bye'), ['ready', 'closed'])
      .close(),
    ...onward(),
    ...pickup(),
  ]
  return facts
}

export function fixture(): TraceEvent[] {
  return numbered(story())
}

export function numbered(facts: readonly Draft[]): TraceEvent[] {
  return facts.map((fact, i) => ({ ...fact, seq: i + 1, at: began + i * 37 }))
}

const verdict = (name: string, index: number, verdict: 'dunno' | 'reject', explain: string) => ({
  type: 'restriction.verdict' as const,
  session: 's1',
  stage: 'relay',
  list: 'smtpd_relay_restrictions',
  index,
  name,
  verdict,
  lookups: [],
  explain,
})

function onward(): Draft[] {
  const at = { host: mail, journey: 'j1' }
  const queueId = '4QX9Zc1Bv5z1G'
  const lmtp = session({
    daemon: 'lmtpd',
    id: 's2',
    connection: 'c2',
    host: mail,
    service: 'lmtp',
    port: 24,
    client: { name: mail, address: '192.0.2.10' },
    journey: 'j1',
  })
  const smtp = session({
    daemon: 'smtpd',
    id: 's3',
    connection: 'c3',
    host: mx,
    service: 'smtp',
    port: 25,
    client: { name: mail, address: '192.0.2.10' },
    journey: 'j1',
  })
  return [
    { type: 'queue.moved', queueId, from: 'incoming', to: 'active', ...at },
    { type: 'qmgr.active', queueId, sender: 'alice@example.com', size: 520, recipients: 2, ...at },
    {
      type: 'qmgr.routed',
      queueId,
      recipient: 'bob@example.com',
      addressClass: 'local',
      transport: 'lmtp',
      nexthop: 'mail.example.com',
      why: 'example.com is in mydestination; mailbox_transport says lmtp',
      ...at,
    },
    {
      type: 'qmgr.routed',
      queueId,
      recipient: 'carol@example.org',
      addressClass: 'default',
      transport: 'smtp',
      nexthop: 'example.org',
      why: 'no other class matches: default_transport',
      ...at,
    },
    {
      type: 'delivery.started',
      queueId,
      agent: 'lmtp',
      nexthop: 'mail.example.com',
      recipients: ['bob@example.com'],
      ...at,
    },
    ...lmtp
      .connected({
        type: 'delivery.connected',
        queueId,
        agent: 'lmtp',
        connection: 'c2',
        server: mail,
        address: '192.0.2.10',
        port: 24,
        ...at,
      })
      .greet(reply('220', null, 'mail.example.com Dovecot ready.'))
      .turn('LHLO mail.example.com', reply('250', null, 'mail.example.com', '8BITMIME', 'PIPELINING'), [
        'connected',
        'ready',
      ])
      .turn('MAIL FROM:<alice@example.com>', reply('250', '2.1.0', 'OK'), ['ready', 'mail'])
      .turn('RCPT TO:<bob@example.com>', reply('250', '2.1.5', 'OK'), ['mail', 'recipients'])
      .turn('DATA', reply('354', null, 'OK'), ['recipients', 'data'])
      .fact({ type: 'lmtpd.data', session: 's2', size: 520, head: content })
      .fact({
        type: 'mailbox.delivered',
        user: 'bob',
        mailbox: 'INBOX',
        format: 'maildir',
        file: 'new/1772442003.M1P2.mail.example.com,S=640',
        size: 640,
        session: 's2',
      })
      .answer(reply('250', '2.0.0', '<bob@example.com> Saved'), ['data', 'ready'])
      .turn('QUIT', reply('221', '2.0.0', 'Bye'), ['ready', 'closed'])
      .close(),
    {
      type: 'delivery.result',
      queueId,
      agent: 'lmtp',
      recipient: 'bob@example.com',
      original: 'bob@example.com',
      outcome: 'sent',
      status: '2.0.0',
      relay: 'mail.example.com[192.0.2.10]:24',
      text: '250 2.0.0 <bob@example.com> Saved',
      delays: [0.1, 0, 0.02, 0.03],
      ...at,
    },
    {
      type: 'delivery.started',
      queueId,
      agent: 'smtp',
      nexthop: 'example.org',
      recipients: ['carol@example.org'],
      ...at,
    },
    {
      type: 'dns.answered',
      name: 'example.org',
      record: 'MX',
      code: 'NOERROR',
      answers: ['10 mx.example.org'],
      source: 'dns',
      ...at,
    },
    {
      type: 'dns.answered',
      name: 'mx.example.org',
      record: 'A',
      code: 'NOERROR',
      answers: ['198.51.100.20'],
      source: 'dns',
      ...at,
    },
    ...smtp
      .connected({
        type: 'delivery.connected',
        queueId,
        agent: 'smtp',
        connection: 'c3',
        server: mx,
        address: '198.51.100.20',
        port: 25,
        ...at,
      })
      .greet(reply('220', null, 'mx.example.org ESMTP Postfix'))
      .turn(
        'EHLO mail.example.com',
        reply('250', null, 'mx.example.org', 'PIPELINING', 'SIZE 10240000', '8BITMIME'),
        ['connected', 'ready'],
      )
      .turn('MAIL FROM:<alice@example.com> SIZE=520', reply('250', '2.1.0', 'Ok'), ['ready', 'mail'])
      .turn(
        'RCPT TO:<carol@example.org>',
        reply('450', '4.2.0', '<carol@example.org>: Recipient address rejected: Greylisted'),
      )
      .turn('RCPT TO:<carol@example.org>', reply('250', '2.1.5', 'Ok'), ['mail', 'recipients'])
      .turn('DATA', reply('354', null, 'End data with <CR><LF>.<CR><LF>'), ['recipients', 'data'])
      .fact({ type: 'smtpd.data', session: 's3', size: 520, head: content })
      .fact({
        type: 'queue.created',
        queueId: '4QX9Zd0Aa1z2H',
        session: 's3',
        origin: 'smtpd',
        sender: 'alice@example.com',
        size: 640,
      })
      .fact({
        type: 'cleanup.message',
        queueId: '4QX9Zd0Aa1z2H',
        messageId: '20260302090002.1@laptop.example.com',
        subject: 'Lunch on Friday?',
        size: 640,
        content,
      })
      .fact({ type: 'queue.moved', queueId: '4QX9Zd0Aa1z2H', from: null, to: 'incoming' })
      .answer(reply('250', '2.0.0', 'Ok: queued as 4QX9Zd0Aa1z2H'), ['data', 'ready'])
      .turn('QUIT', reply('221', '2.0.0', 'Bye'), ['ready', 'closed'])
      .close(),
    {
      type: 'delivery.result',
      queueId,
      agent: 'smtp',
      recipient: 'carol@example.org',
      original: 'carol@example.org',
      outcome: 'sent',
      status: '2.0.0',
      relay: 'mx.example.org[198.51.100.20]:25',
      text: '250 2.0.0 Ok: queued as 4QX9Zd0Aa1z2H',
      delays: [0.2, 0, 0.1, 0.1],
      ...at,
    },
    { type: 'queue.removed', queueId, ...at },
    {
      type: 'queue.moved',
      queueId: '4QX9Zd0Aa1z2H',
      from: 'incoming',
      to: 'active',
      host: mx,
      journey: 'j1',
    },
    {
      type: 'delivery.started',
      queueId: '4QX9Zd0Aa1z2H',
      agent: 'lmtp',
      nexthop: 'mx.example.org',
      recipients: ['carol@example.org'],
      host: mx,
      journey: 'j1',
    },
    {
      type: 'mailbox.delivered',
      user: 'carol',
      mailbox: 'INBOX',
      format: 'maildir',
      file: 'new/1772442004.M1P3.mx.example.org,S=760',
      size: 760,
      queueId: '4QX9Zd0Aa1z2H',
      host: mx,
      journey: 'j1',
    },
    { type: 'queue.removed', queueId: '4QX9Zd0Aa1z2H', host: mx, journey: 'j1' },
  ]
}

function pickup(): Draft[] {
  const file = 'new/1772442003.M1P2.mail.example.com,S=640'
  return session({
    daemon: 'pop3d',
    id: 's4',
    connection: 'c4',
    host: mail,
    service: 'pop3',
    port: 110,
    client: { name: 'localhost', address: '127.0.0.5' },
    outside: true,
  })
    .greet(reply('+OK', null, 'Dovecot ready.'))
    .turn('USER bob', reply('+OK', null))
    .turn('PASS ****', reply('+OK', null, 'Logged in.'), ['proving', 'transaction'])
    .fact({ type: 'pop3d.auth', session: 's4', mechanism: 'PLAIN', user: 'bob', outcome: 'ok' })
    .fact({
      type: 'mailbox.opened',
      session: 's4',
      user: 'bob',
      mailbox: 'INBOX',
      messages: 1,
      uidValidity: 1,
    })
    .turn('STAT', reply('+OK', null, '1 640'))
    .command('RETR 1')
    .fact({
      type: 'mailbox.file',
      user: 'bob',
      mailbox: 'INBOX',
      change: 'renamed',
      file,
      to: 'cur/1772442003.M1P2.mail.example.com,S=640:2,S',
      session: 's4',
      command: 'RETR',
    })
    .answer(reply('+OK', null, '640 octets', ...content.split('\n'), '.'))
    .turn('DELE 1', reply('+OK', null, 'Marked to be deleted.'))
    .done()
}

type Ends = {
  daemon: 'smtpd' | 'lmtpd' | 'pop3d'
  id: string
  connection: string
  host: string
  service: string
  port: number
  client: { name: string; address: string }
  journey?: string
  outside?: true
}

/** Writes the facts of one session, turn by turn. */
function session(ends: Ends) {
  const facts: Draft[] = []
  const stamp = { host: ends.host, ...(ends.journey === undefined ? {} : { journey: ends.journey }) }
  const put = (fact: TraceFact) => void facts.push({ ...stamp, ...fact })
  let connection: Draft | null = null
  const builder = {
    connected(fact: Draft) {
      connection = fact
      return builder
    },
    greet(greeting: TracedReply) {
      const from = { host: ends.outside ? null : ends.client.name, address: ends.client.address, port: 40123 }
      const to = {
        host: ends.host,
        address: hosts.find(({ name }) => name === ends.host)?.address ?? '',
        port: ends.port,
      }
      put({ type: 'net.connected', connection: ends.connection, from, to })
      if (connection) facts.push(connection)
      put({
        type: `${ends.daemon}.opened`,
        session: ends.id,
        connection: ends.connection,
        service: ends.service,
        port: ends.port,
        client: { ...ends.client, port: 40123 },
      })
      put({ type: `${ends.daemon}.reply`, session: ends.id, reply: greeting, unasked: true })
      return builder
    },
    command(line: string) {
      put({
        type: `${ends.daemon}.command`,
        session: ends.id,
        line,
        verb: line.split(' ')[0]?.toUpperCase() ?? '',
      })
      return builder
    },
    answer(answer: TracedReply, step?: [string, string]) {
      put({ type: `${ends.daemon}.reply`, session: ends.id, reply: answer })
      if (step) put({ type: `${ends.daemon}.state`, session: ends.id, from: step[0], to: step[1] })
      return builder
    },
    turn(line: string, answer: TracedReply, step?: [string, string]) {
      return builder.command(line).answer(answer, step)
    },
    fact(fact: TraceFact) {
      put(fact)
      return builder
    },
    close() {
      put({ type: `${ends.daemon}.closed`, session: ends.id, reason: 'quit' })
      put({ type: 'net.closed', connection: ends.connection, by: 'client', sent: 812, received: 640 })
      return facts
    },
    done: () => facts,
  }
  return builder
}
