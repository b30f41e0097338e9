// Why a reply came out as it did: read from a trace, said in both languages.
import { describe, expect, test } from 'vitest'
import { restrictions } from '#mta/smtpd/restrictions/index.ts'
import { isSession, type TraceEvent } from '#trace/events.ts'
import { explain, sayStep, sayWhy } from '#trace/explain.ts'
import { fold } from '#trace/fold.ts'
import { meaningOf, readReply } from '#trace/meaning.ts'
import { trailOf } from '#trace/trail.ts'
import { en } from '#trace/words/en.ts'
import { zh } from '#trace/words/zh.ts'
import { fixture } from '../web/fixtures.ts'

const events = fixture()
const world = fold(events)

describe('the trail of a refused recipient', () => {
  test('shows the decisive step of a list and those that were not reached', () => {
    const exchange = world.sessions.get('s1')?.exchanges.find(({ verdicts }) => verdicts.length > 0)
    const [list] = exchange ? trailOf(exchange) : []
    expect(list?.steps.map(({ name, decisive }) => [name, decisive])).toEqual([
      ['permit_mynetworks', false],
      ['permit_sasl_authenticated', false],
      ['reject_unauth_destination', true],
    ])
  })

  test('takes an argument for what it is, reached or not', () => {
    const items = ['check_client_access', 'hash:/etc/postfix/a', 'reject_rbl_client', 'bl.example', 'permit']
    const [list] = trailOf({
      lists: [{ stage: 'client', list: 'smtpd_client_restrictions', items }],
      verdicts: [
        {
          seq: 9,
          stage: 'client',
          list: 'smtpd_client_restrictions',
          index: 0,
          name: 'check_client_access',
          argument: 'hash:/etc/postfix/a',
          verdict: 'reject',
          lookups: [],
        },
      ],
    })
    expect(list?.steps.map(({ name, argument, reached }) => [name, argument, reached])).toEqual([
      ['check_client_access', 'hash:/etc/postfix/a', true],
      ['reject_rbl_client', 'bl.example', false],
      ['permit', null, false],
    ])
  })

  test('is explained in both languages', () => {
    const refusal = events.find((event) => isSession(event, 'reply') && event.reply.code === '554')
    const why = explain(world, refusal as TraceEvent)
    expect(why?.cause).toMatchObject({ kind: 'relay' })
    expect(why && sayWhy(why, en).because).toMatch(/open relay/)
    expect(why && sayWhy(why, zh).because).toMatch(/开放中继/)
  })
})

/** The reply to one line, in a session that stands in a state. */
function answered(
  daemon: 'smtpd' | 'lmtpd' | 'pop3d' | 'imapd',
  state: string,
  line: string,
  verb: string,
  text: string,
) {
  const [, code = '', status, words = ''] =
    /^(\d{3}|-ERR|NO|BAD)(?: (\d\.\d+\.\d+|\[[^\]]*\]))? (.*)$/.exec(text) ?? []
  const at = { host: 'mail.example.com', at: 0 }
  const session = 's9'
  const client = { name: 'laptop', address: '192.0.2.50', port: 1 }
  const given: TraceEvent[] = [
    { ...at, seq: 1, type: `${daemon}.opened`, session, connection: 'c9', service: 'x', port: 1, client },
    { ...at, seq: 2, type: `${daemon}.command`, session, line: 'before', verb: 'NOOP' },
    { ...at, seq: 3, type: `${daemon}.state`, session, from: 'other', to: state },
    { ...at, seq: 4, type: `${daemon}.command`, session, line, verb },
    {
      ...at,
      seq: 5,
      type: `${daemon}.reply`,
      session,
      reply: { code, status: status ?? null, lines: [words] },
    },
  ]
  const why = explain(fold(given), given[4] as TraceEvent)
  if (why?.cause == null) throw new Error('no cause')
  return { cause: why.cause, en: sayWhy(why, en).because, zh: sayWhy(why, zh).because }
}

describe('what no list decided', () => {
  test.each([
    ['smtpd', 'mail', 'DATA', 'DATA', '554 5.5.1 Error: no valid recipients', 'order'],
    ['smtpd', 'ready', 'MAIL FROM', 'MAIL', '501 5.5.4 Syntax: MAIL FROM:<address>', 'syntax'],
    ['smtpd', 'ready', 'HOLA', 'UNKNOWN', '500 5.5.2 Error: command not recognized', 'unknown-command'],
    ['smtpd', 'ready', '', '', '500 5.5.2 Error: bad syntax', 'no-command'],
    [
      'lmtpd',
      'mail',
      'RCPT TO:<x@a.example>',
      'RCPT',
      "550 5.1.1 <x@a.example> User doesn't exist: x",
      'no-mailbox',
    ],
    ['lmtpd', 'mail', 'RCPT TO:<x@a.example>', 'RCPT', '552 5.2.2 <x@a.example> Quota exceeded', 'quota'],
    ['pop3d', 'transaction', 'RETR 9', 'RETR', "-ERR There's no message 9.", 'no-message'],
    ['pop3d', 'transaction', 'DELE 1', 'DELE', '-ERR Message is deleted.', 'message-deleted'],
    ['pop3d', 'anonymous', 'RETR 1', 'RETR', '-ERR Unknown command.', 'order'],
    ['pop3d', 'anonymous', 'PASS x', 'PASS', '-ERR [AUTH] Plaintext authentication disabled.', 'setting'],
    [
      'imapd',
      'authenticated',
      'a1 SELECT Nope',
      'SELECT',
      "NO Mailbox doesn't exist: Nope (0.001 + 0.000 secs).",
      'no-folder',
    ],
    [
      'imapd',
      'selected',
      'a1 FETCH x',
      'FETCH',
      'BAD Error in IMAP command FETCH: Invalid messageset (0.001 secs).',
      'imap-syntax',
    ],
    [
      'imapd',
      'anonymous',
      'a1 FETCH 1 FLAGS',
      'FETCH',
      'BAD Error in IMAP command received by server.',
      'order',
    ],
  ] as const)('%s in the state %s to “%s”', (daemon, state, line, verb, text, kind) => {
    const { cause, en, zh } = answered(daemon, state, line, verb, text)
    expect(cause.kind).toBe(kind)
    expect(en).not.toMatch(/undefined|null/)
    expect(zh).toMatch(/[\u4e00-\u9fff]/)
  })

  test('tells which commands may come instead', () => {
    expect(
      answered('smtpd', 'mail', 'DATA', 'DATA', '554 5.5.1 Error: no valid recipients').cause,
    ).toMatchObject({
      state: 'mail',
      expected: expect.arrayContaining(['RCPT', 'RSET', 'QUIT']) as unknown,
    })
  })
})

describe('a letter that did not arrive', () => {
  test.each([
    [
      'connect to mx.a.example[203.0.113.25]:25: Connection refused',
      '4.4.1',
      'not-connected',
      'mx.a.example[203.0.113.25]:25',
    ],
    [
      'Host or domain name not found. Name service error for name=a.example type=AAAA: Host not found',
      '5.4.4',
      'not-resolved',
      'a.example',
    ],
    [
      'host mx.a.example[203.0.113.25] said: 450 4.2.0 try again later (in reply to RCPT TO command)',
      '4.2.0',
      'peer-said',
      '450 4.2.0 try again later',
    ],
    ['mail for a.example loops back to myself', '5.4.6', 'loops-back', 'this very server'],
    ['unknown user: "nosuch"', '5.1.1', 'no-mailbox', 'x@a.example'],
  ])('%s', (text, status, kind, named) => {
    const event: TraceEvent = {
      ...{ seq: 1, at: 0, host: 'mail.example.com', type: 'delivery.result', queueId: 'A1', agent: 'smtp' },
      ...{
        recipient: 'x@a.example',
        original: 'x@a.example',
        outcome: 'deferred',
        status,
        relay: 'none',
        text,
      },
      delays: [0, 0, 0, 0],
    }
    const why = explain(fold([event]), event)
    expect(why?.cause?.kind).toBe(kind)
    expect(why && sayWhy(why, en).because).toContain(named)
  })
})

describe('what has a why besides replies', () => {
  const at = { at: 0, host: 'mail.example.com', queueId: 'A1' }
  const recipient = 'x@a.example'
  const text = 'mail for a.example loops back to myself'
  const waits: readonly TraceEvent[] = [
    { ...at, seq: 1, type: 'queue.created', origin: 'pickup', sender: 'a@b.example', size: 1 },
    { ...at, seq: 2, type: 'queue.recipient', recipient, original: recipient },
    {
      ...{ ...at, seq: 3, type: 'delivery.result', agent: 'smtp', recipient, original: recipient },
      ...{ outcome: 'deferred', status: '4.4.6', relay: 'none', text, delays: [0, 0, 0, 0] },
    },
    { ...at, seq: 4, type: 'queue.moved', from: 'active', to: 'deferred' },
    { ...at, seq: 5, type: 'bounce.created', report: 'A2', kind: 'delay' },
  ]

  test('a letter that was put off, and the report of it', () => {
    const world = fold(waits)
    for (const seq of [3, 4, 5]) {
      expect(explain(world, waits[seq - 1] as TraceEvent)?.cause, String(seq)).toEqual({ kind: 'loops-back' })
    }
    expect(explain(world, waits[0] as TraceEvent)).toBeNull()
  })

  test('a handshake that failed', () => {
    const failed: TraceEvent = {
      ...{
        seq: 1,
        at: 0,
        host: 'mail.example.com',
        type: 'smtpd.tls',
        session: 's1',
        version: '',
        cipher: '',
      },
      ...{ bits: 0, outcome: 'failed', reason: 'no shared cipher' },
    }
    const why = explain(fold([failed]), failed)
    expect(why && sayWhy(why, en).because).toBe('The TLS handshake failed: no shared cipher.')
  })
})

describe('the words of explanations', () => {
  test.each([
    ['a.example is no domain of ours: default_transport', 'a.example 不是本机的域：按 default_transport'],
    ['a.example is in mydestination: local_transport', 'a.example 在 mydestination 之内：按 local_transport'],
    [
      'hash:/etc/postfix/transport a.example in transport_maps',
      'transport_maps 中的一行：hash:/etc/postfix/transport a.example',
    ],
    ['relayhost', 'relayhost'],
  ])('say why a letter takes its way: %s', (why, chinese) => {
    expect(en.route(why)).toBe(why)
    expect(zh.route(why)).toBe(chinese)
  })

  test('say of every restriction what it does, in both languages', () => {
    for (const name of restrictions.keys()) {
      expect(sayStep({ name }, en), name).toBeTruthy()
      expect(sayStep({ name }, zh), name).toMatch(/[\u4e00-\u9fff]/)
    }
  })

  test('do not know what an operator named', () => {
    expect(sayStep({ name: 'my_own_class' }, en)).toBeNull()
    expect(sayStep({ name: 'constructor' }, en)).toBeNull()
  })
})

describe('a reply line as it was typed back', () => {
  test.each([
    ['250-PIPELINING', { code: '250', status: null, last: false }],
    ['554 5.7.1 <a@b>: Relay access denied', { code: '554', status: '5.7.1', last: true }],
    ['-ERR [AUTH] Authentication failed.', { code: '-ERR', status: '[AUTH]', last: true }],
  ])('reads %s', (line, expected) => {
    expect(readReply(line)).toMatchObject(expected)
  })

  test('takes text of a letter for what it is', () => {
    expect(readReply('Shall we meet at noon?')).toBeNull()
  })
})

describe('what a reply means', () => {
  test('depends on the command that it answers', () => {
    const accepted = { code: '250', status: '2.1.0' }
    expect(meaningOf(accepted, 'MAIL', en)).toMatch(/RCPT names a recipient/)
    expect(meaningOf(accepted, '.', en)).toMatch(/safe/)
    expect(meaningOf({ code: '220', status: null }, null, zh)).toBe(zh.meanings.ready)
  })

  test('says of a refusal what it is about, and what to do', () => {
    expect(meaningOf({ code: '554', status: '5.7.1' }, 'RCPT', en)).toMatch(/does not relay for you/)
    expect(meaningOf({ code: '550', status: '5.1.1' }, 'RCPT', en)).toMatch(/no such mailbox/)
    expect(meaningOf({ code: '599', status: '5.9.9' }, 'RCPT', en)).toBe(en.meanings.classes['5xx'])
  })

  test('is said in both languages', () => {
    expect(Object.keys(zh.meanings.after)).toEqual(Object.keys(en.meanings.after))
    expect(Object.keys(zh.meanings.codes)).toEqual(Object.keys(en.meanings.codes))
  })
})
