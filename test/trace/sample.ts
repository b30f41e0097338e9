/** A small recorded world: alice's letter travels from the laptop to carol, and one RCPT is refused. */
import type { TraceEvent, TraceFact } from '#trace/events.ts'

const began = Date.UTC(2026, 0, 5, 9, 0, 0)

type Line = readonly [host: string | null, journey: string | null, fact: TraceFact]

const at = (host: string | null, address: string, port: number) => ({ host, address, port })
const ok = (code: string, status: string | null, ...lines: string[]) => ({ code, status, lines })

/** `n` makes the ids of one letter differ from those of the next. */
export function letter(n: number): readonly Line[] {
  const journey = `J${n}`
  const [a, b, c] = [`s${n}a`, `s${n}b`, `s${n}c`]
  const [ca, cb, cc] = [`c${n}a`, `c${n}b`, `c${n}c`]
  const [here, there] = [`4A${n}`, `4B${n}`]
  const mail = 'mail.example.com'
  const mx = 'mx.example.org'
  return [
    [
      null,
      null,
      {
        type: 'net.connected',
        connection: ca,
        from: at('laptop.example.com', '192.0.2.50', 40000),
        to: at(mail, '192.0.2.10', 587),
      },
    ],
    [
      mail,
      null,
      {
        type: 'smtpd.opened',
        session: a,
        connection: ca,
        service: 'submission',
        port: 587,
        client: { name: 'laptop.example.com', address: '192.0.2.50', port: 40000 },
      },
    ],
    [
      mail,
      null,
      {
        type: 'smtpd.reply',
        session: a,
        reply: ok('220', null, 'mail.example.com ESMTP Postfix'),
        unasked: true,
      },
    ],
    [mail, null, { type: 'smtpd.command', session: a, line: 'EHLO laptop.example.com', verb: 'EHLO' }],
    [
      mail,
      null,
      {
        type: 'smtpd.reply',
        session: a,
        reply: ok('250', null, 'mail.example.com', 'SIZE 10240000', 'STARTTLS'),
      },
    ],
    [mail, null, { type: 'smtpd.state', session: a, from: 'connected', to: 'ready' }],
    [mail, null, { type: 'smtpd.command', session: a, line: 'MAIL FROM:<alice@example.com>', verb: 'MAIL' }],
    [mail, journey, { type: 'smtpd.transaction', session: a, sender: 'alice@example.com' }],
    [mail, journey, { type: 'smtpd.reply', session: a, reply: ok('250', '2.1.0', 'Ok') }],
    [mail, journey, { type: 'smtpd.state', session: a, from: 'ready', to: 'mail' }],
    [
      mail,
      journey,
      { type: 'smtpd.command', session: a, line: 'RCPT TO:<nobody@elsewhere.example>', verb: 'RCPT' },
    ],
    [
      mail,
      journey,
      {
        type: 'restriction.list',
        session: a,
        stage: 'RCPT',
        list: 'smtpd_relay_restrictions',
        items: ['permit_mynetworks', 'reject_unauth_destination'],
      },
    ],
    [
      mail,
      journey,
      {
        type: 'restriction.verdict',
        session: a,
        stage: 'RCPT',
        list: 'smtpd_relay_restrictions',
        index: 0,
        name: 'permit_mynetworks',
        verdict: 'dunno',
        lookups: [],
      },
    ],
    [
      mail,
      journey,
      {
        type: 'restriction.verdict',
        session: a,
        stage: 'RCPT',
        list: 'smtpd_relay_restrictions',
        index: 1,
        name: 'reject_unauth_destination',
        verdict: 'reject',
        lookups: [],
        reply: ok('554', '5.7.1', '<nobody@elsewhere.example>: Relay access denied'),
      },
    ],
    [
      mail,
      journey,
      {
        type: 'smtpd.reply',
        session: a,
        reply: ok('554', '5.7.1', '<nobody@elsewhere.example>: Relay access denied'),
      },
    ],
    [mail, journey, { type: 'smtpd.command', session: a, line: 'RCPT TO:<carol@example.org>', verb: 'RCPT' }],
    [mail, journey, { type: 'smtpd.reply', session: a, reply: ok('250', '2.1.5', 'Ok') }],
    [mail, journey, { type: 'smtpd.state', session: a, from: 'mail', to: 'recipients' }],
    [mail, journey, { type: 'smtpd.command', session: a, line: 'DATA', verb: 'DATA' }],
    [
      mail,
      journey,
      { type: 'smtpd.reply', session: a, reply: ok('354', null, 'End data with <CR><LF>.<CR><LF>') },
    ],
    [mail, journey, { type: 'smtpd.state', session: a, from: 'recipients', to: 'data' }],
    [
      mail,
      journey,
      {
        type: 'smtpd.data',
        session: a,
        size: 54,
        head: 'To: carol@example.org\r\nSubject: hello\r\n\r\nHello Carol\r\n',
      },
    ],
    [
      mail,
      journey,
      {
        type: 'cleanup.message',
        queueId: here,
        messageId: '<1@example.com>',
        subject: 'hello',
        size: 300,
        content: 'To: carol@example.org\nSubject: hello\n\nHello Carol\n',
      },
    ],
    [
      mail,
      journey,
      {
        type: 'queue.created',
        queueId: here,
        session: a,
        origin: 'smtpd',
        sender: 'alice@example.com',
        size: 300,
      },
    ],
    [
      mail,
      journey,
      {
        type: 'queue.recipient',
        queueId: here,
        recipient: 'carol@example.org',
        original: 'carol@example.org',
      },
    ],
    [mail, journey, { type: 'queue.moved', queueId: here, from: null, to: 'incoming' }],
    [mail, journey, { type: 'smtpd.reply', session: a, reply: ok('250', '2.0.0', `Ok: queued as ${here}`) }],
    [mail, journey, { type: 'smtpd.state', session: a, from: 'data', to: 'ready' }],
    [mail, journey, { type: 'queue.moved', queueId: here, from: 'incoming', to: 'active' }],
    [
      mail,
      journey,
      {
        type: 'qmgr.routed',
        queueId: here,
        recipient: 'carol@example.org',
        addressClass: 'default',
        transport: 'smtp',
        nexthop: 'example.org',
        why: 'example.org is not ours',
      },
    ],
    [
      null,
      journey,
      {
        type: 'net.connected',
        connection: cb,
        from: at(mail, '192.0.2.10', 40001),
        to: at(mx, '198.51.100.20', 25),
      },
    ],
    [
      mail,
      journey,
      {
        type: 'delivery.connected',
        queueId: here,
        agent: 'smtp',
        connection: cb,
        server: mx,
        address: '198.51.100.20',
        port: 25,
      },
    ],
    [
      mx,
      journey,
      {
        type: 'smtpd.opened',
        session: b,
        connection: cb,
        service: 'smtp',
        port: 25,
        client: { name: mail, address: '192.0.2.10', port: 40001 },
      },
    ],
    [
      mx,
      journey,
      {
        type: 'smtpd.reply',
        session: b,
        reply: ok('220', null, 'mx.example.org ESMTP Postfix'),
        unasked: true,
      },
    ],
    [mx, journey, { type: 'smtpd.transaction', session: b, sender: 'alice@example.com' }],
    [
      mx,
      journey,
      {
        type: 'queue.created',
        queueId: there,
        session: b,
        origin: 'smtpd',
        sender: 'alice@example.com',
        size: 500,
      },
    ],
    [
      mx,
      journey,
      {
        type: 'cleanup.message',
        queueId: there,
        messageId: '<1@example.com>',
        subject: 'hello',
        size: 500,
        content: 'To: carol@example.org\nSubject: hello\n\nHello Carol\n',
      },
    ],
    [
      mx,
      journey,
      {
        type: 'queue.recipient',
        queueId: there,
        recipient: 'carol@example.org',
        original: 'carol@example.org',
      },
    ],
    [mx, journey, { type: 'queue.moved', queueId: there, from: null, to: 'incoming' }],
    [
      mail,
      journey,
      {
        type: 'delivery.result',
        queueId: here,
        agent: 'smtp',
        recipient: 'carol@example.org',
        original: 'carol@example.org',
        outcome: 'sent',
        status: '2.0.0',
        relay: `${mx}[198.51.100.20]:25`,
        text: `250 2.0.0 Ok: queued as ${there}`,
        delays: [0, 0, 0, 0],
      },
    ],
    [mail, journey, { type: 'queue.removed', queueId: here }],
    [mx, journey, { type: 'queue.moved', queueId: there, from: 'incoming', to: 'active' }],
    [
      null,
      journey,
      {
        type: 'net.connected',
        connection: cc,
        from: at(mx, '198.51.100.20', 40002),
        to: at(mx, '198.51.100.20', 24),
      },
    ],
    [
      mx,
      journey,
      {
        type: 'delivery.connected',
        queueId: there,
        agent: 'lmtp',
        connection: cc,
        server: mx,
        address: 'private/dovecot-lmtp',
        port: 24,
      },
    ],
    [
      mx,
      journey,
      {
        type: 'lmtpd.opened',
        session: c,
        connection: cc,
        service: 'lmtp',
        port: 24,
        client: { name: mx, address: '198.51.100.20', port: 40002 },
      },
    ],
    [
      mx,
      journey,
      {
        type: 'mailbox.delivered',
        user: 'carol',
        mailbox: 'INBOX',
        format: 'maildir',
        file: `/home/carol/Maildir/new/${n}.mx`,
        size: 600,
        session: c,
      },
    ],
    [
      mx,
      journey,
      {
        type: 'delivery.result',
        queueId: there,
        agent: 'lmtp',
        recipient: 'carol@example.org',
        original: 'carol@example.org',
        outcome: 'sent',
        status: '2.0.0',
        relay: `${mx}[private/dovecot-lmtp]`,
        text: '250 2.0.0 <carol@example.org> saved',
        delays: [0, 0, 0, 0],
      },
    ],
    [mx, journey, { type: 'queue.removed', queueId: there }],
    [mail, null, { type: 'smtpd.command', session: a, line: 'QUIT', verb: 'QUIT' }],
    [mail, null, { type: 'smtpd.reply', session: a, reply: ok('221', '2.0.0', 'Bye') }],
    [mail, null, { type: 'smtpd.closed', session: a, reason: 'quit' }],
    [null, null, { type: 'net.closed', connection: ca, by: 'client', sent: 400, received: 900 }],
  ]
}

const started: Line = [
  null,
  null,
  {
    type: 'lab.started',
    version: 1,
    lab: 'two-offices',
    title: { en: 'Two offices', zh: '两个公司' },
    seed: 7,
    storage: 'memory',
    hosts: [
      {
        name: 'mail.example.com',
        address: '192.0.2.10',
        services: [{ name: 'smtp', port: 25 }],
        users: ['alice', 'bob'],
        scripted: false,
      },
      {
        name: 'mx.example.org',
        address: '198.51.100.20',
        services: [{ name: 'smtp', port: 25 }],
        users: ['carol'],
        scripted: false,
      },
      { name: 'laptop.example.com', address: '192.0.2.50', services: [], users: [], scripted: false },
    ],
    published: [],
  },
]

export function number(lines: readonly Line[]): TraceEvent[] {
  return lines.map(([host, journey, fact], i) => ({
    seq: i + 1,
    at: began + i * 10,
    ...(host === null ? {} : { host }),
    ...(journey === null ? {} : { journey }),
    ...fact,
  }))
}

export const letters = (count: number): TraceEvent[] =>
  number([started, ...Array.from({ length: count }, (_, n) => letter(n + 1)).flat()])
