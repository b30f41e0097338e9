/** What the lists decide, item by item. Replies and log texts are those of Postfix 3.7.11, asked with the same tables. */
import { afterEach, describe, expect, test } from 'vitest'
import { checkMail, checkRcpt, nothingCarried, relayControlProblem } from '#mta/smtpd/restrictions/checks.ts'
import { createFacts, type FactsInput } from '#mta/smtpd/restrictions/facts.ts'
import { replyLines } from '#protocol/smtp/reply.ts'
import { outsider } from './facts.ts'
import { startCaseHost, type CaseHost, type CaseHostInput } from './host.ts'

let host: CaseHost | null = null
afterEach(() => host?.close())

const start = async (main_cf: readonly string[], more: Partial<CaseHostInput> = {}): Promise<CaseHost> => {
  host = await startCaseHost({
    hostname: 'mail.example.com',
    main_cf: ['mydestination = example.com, localhost', ...main_cf],
    users: ['alice'],
    ...more,
  })
  return host
}

const rcpt = async (own: CaseHost, change: Partial<FactsInput> = {}) => {
  const facts = createFacts(outsider(own, { recipient: 'alice@example.com', sender: 'a@y.test', ...change }))
  const { reply, actions } = await checkRcpt(facts, nothingCarried)
  return { reply: reply === null ? null : replyLines(reply).join('\n'), actions }
}

const logged = (own: CaseHost) =>
  own.facts.flatMap((fact) => (fact.type === 'daemon.logged' && fact.daemon === 'smtpd' ? [fact.text] : []))

const verdicts = (own: CaseHost) =>
  own.facts.flatMap((fact) => (fact.type === 'restriction.verdict' ? [fact] : []))

const said = '; from=<a@y.test> to=<alice@example.com> proto=ESMTP helo=<outsider.example.net>'
const rejected = '<a@y.test>: Sender address rejected:'
const misconfigured = '451 4.3.5 Server configuration error'

describe('what an access table may answer', () => {
  test.each<[value: string, reply: string | null, log?: string]>([
    ['OK', null],
    ['ok with text', null],
    ['12345', null],
    ['450', null],
    ['450 temp', `450 4.7.1 ${rejected} temp`],
    ['450 5.1.1 temp', `450 4.1.7 ${rejected} temp`],
    ['REJECT', `554 5.7.1 ${rejected} Access denied`],
    ['reject lower', `554 5.7.1 ${rejected} lower`],
    ['REJECT 5.5.5', `554 5.5.5 ${rejected} Access denied`],
    ['REJECT 4.1.2 x', `554 5.1.8 ${rejected} x`],
    ['DEFER', `450 4.7.1 ${rejected} Access denied`],
    ['DEFER_IF_PERMIT', `450 4.7.1 ${rejected} Service unavailable`],
    ['DEFER_IF_REJECT', null],
    [
      'warn_if_reject reject',
      null,
      `reject_warning: RCPT from unknown[203.0.113.9]: 554 5.7.1 ${rejected} Access denied${said}`,
    ],
    ['permit_mynetworks reject_unauth_destination', null],
    ['permit, reject', null, "restriction `reject' after `permit' is ignored"],
    ['WARN', null, `warn: RCPT from unknown[203.0.113.9]: ${said}`],
    ['INFO so', null, `info: RCPT from unknown[203.0.113.9]: so${said}`],
    [
      'FILTER smtp',
      null,
      'access table inline:{ { y.test = FILTER smtp } } entry "y.test" requires transport:destination',
    ],
    [
      'PREPEND nothing',
      null,
      'access table inline:{ { y.test = PREPEND nothing } } entry "y.test" requires header: text',
    ],
    [
      'REDIRECT foo',
      null,
      'access table inline:{ { y.test = REDIRECT foo } } entry "y.test" requires user@domain target',
    ],
    ['600 temp', misconfigured, 'unknown smtpd restriction: "600"'],
    ['FROBNICATE', misconfigured, 'unknown smtpd restriction: "FROBNICATE"'],
    ['hash:/foo', misconfigured, 'do not specify lookup tables inside SMTPD access maps'],
    ['sleep x', misconfigured, 'restriction sleep must be followed by number'],
    [
      'check_policy_service',
      misconfigured,
      'restriction check_policy_service must be followed by transport:server',
    ],
    [
      'check_sender_access',
      misconfigured,
      'restriction check_sender_access: bad argument "check_sender_access": need maptype:mapname',
    ],
    ['reject_rbl_client', null, 'restriction reject_rbl_client requires domain name argument'],
    [
      'check_relay_domains',
      null,
      'support for restriction "check_relay_domains" will be removed from Postfix; use "reject_unauth_destination" instead',
    ],
    ['reject_plaintext_session', '450 4.7.1 Session encryption is required'],
  ])('%s', async (value, reply, log) => {
    const own = await start([
      `smtpd_sender_restrictions = check_sender_access inline:{ { y.test = ${value} } }`,
    ])
    expect((await rcpt(own)).reply).toBe(reply)
    if (log !== undefined) expect(logged(own).map((text) => text.replace(/^NOQUEUE: /, ''))).toContain(log)
  })

  test.each([
    ['HOLD', { kind: 'hold', reason: '' }, 'hold', 'triggers HOLD action'],
    ['DISCARD because', { kind: 'discard', reason: 'because' }, 'discard', 'because'],
    [
      'FILTER smtp:[192.0.2.4]',
      { kind: 'filter', transport: 'smtp:[192.0.2.4]' },
      'filter',
      'triggers FILTER smtp:[192.0.2.4]',
    ],
    ['BCC foo@bar.test', { kind: 'bcc', to: 'foo@bar.test' }, 'bcc', 'triggers BCC foo@bar.test'],
    [
      'REDIRECT foo@bar.test',
      { kind: 'redirect', to: 'foo@bar.test' },
      'redirect',
      'triggers REDIRECT foo@bar.test',
    ],
  ])('%s is handed over with the letter', async (value, action, what, text) => {
    const own = await start([
      `smtpd_sender_restrictions = check_sender_access inline:{ { y.test = ${value} } }`,
    ])
    expect(await rcpt(own)).toEqual({ reply: null, actions: [action] })
    const line = `NOQUEUE: ${what}: RCPT from unknown[203.0.113.9]: <a@y.test>: Sender address ${text}${said}`
    expect(logged(own)).toContain(line)
  })

  test('DISCARD lets even a foreign recipient in: nobody will get the letter', async () => {
    const own = await start(['smtpd_sender_restrictions = check_sender_access static:DISCARD'])
    expect((await rcpt(own, { recipient: 'x@elsewhere.test' })).reply).toBeNull()
  })
})

describe('the order of a list', () => {
  test('is the policy: the first that decides ends it, and the trace tells each step and its row', async () => {
    const own = await start(
      [
        'smtpd_recipient_restrictions = check_helo_access inline:{x=OK}, check_sender_access texthash:$config_directory/se, reject',
      ],
      { files: { se: '# list\ny.test OK\n' } },
    )
    expect((await rcpt(own)).reply).toBeNull()
    const steps = verdicts(own).filter(({ list }) => list === 'smtpd_recipient_restrictions')
    expect(steps.map(({ index, name, verdict }) => [index, name, verdict])).toEqual([
      [0, 'check_helo_access', 'dunno'],
      [2, 'check_sender_access', 'permit'],
    ])
    expect(steps[1]?.lookups.at(-1)).toEqual({
      table: 'texthash:/etc/postfix/se',
      key: 'y.test',
      outcome: 'found',
      value: 'OK',
      file: '/etc/postfix/se',
      line: 2,
    })
  })

  test('a class stands in its place, and may name others', async () => {
    const own = await start([
      'smtpd_restriction_classes = strict, outer',
      'strict = check_sender_access inline:{y.test=REJECT}',
      'outer = strict',
      'smtpd_recipient_restrictions = permit_mynetworks, outer',
    ])
    expect((await rcpt(own)).reply).toBe(`554 5.7.1 ${rejected} Access denied`)
    expect(verdicts(own).find(({ name }) => name === 'check_sender_access')?.index).toBe(1)
  })

  test('a class that names itself ends', async () => {
    const own = await start([
      'smtpd_restriction_classes = round',
      'round = round',
      'smtpd_recipient_restrictions = round',
    ])
    expect((await rcpt(own)).reply).toBe(misconfigured)
  })

  test('a table without its restriction stands for that of its list, where there is one', async () => {
    const own = await start(['smtpd_sender_restrictions = inline:{y.test=REJECT}'])
    expect((await rcpt(own)).reply).toBe(`554 5.7.1 ${rejected} Access denied`)
  })

  test('soft_bounce makes "never" into "later"', async () => {
    const own = await start(['soft_bounce = yes', 'smtpd_sender_restrictions = reject'])
    expect((await rcpt(own)).reply).toBe(`454 4.7.1 ${rejected} Access denied`)
  })

  test('defer_if_reject holds in its own list only', async () => {
    const own = await start(['smtpd_recipient_restrictions = defer_if_reject, reject'])
    expect((await rcpt(own)).reply).toBe(
      '450 4.7.0 <alice@example.com>: Recipient address rejected: defer_if_reject requested',
    )
    own.close()
    const other = await start([
      'smtpd_sender_restrictions = defer_if_reject',
      'smtpd_recipient_restrictions = reject',
    ])
    expect((await rcpt(other)).reply).toBe(
      '554 5.7.1 <alice@example.com>: Recipient address rejected: Access denied',
    )
  })

  test('without smtpd_delay_reject a deferral of MAIL is remembered to RCPT', async () => {
    const own = await start(['smtpd_delay_reject = no', 'smtpd_sender_restrictions = defer_if_permit'])
    const mail = createFacts(outsider(own, { where: 'MAIL', sender: 'a@y.test', recipient: null }))
    const { reply, carry } = await checkMail(mail, nothingCarried)
    expect(reply).toBeNull()
    const facts = createFacts(outsider(own, { sender: 'a@y.test', recipient: 'alice@example.com' }))
    expect((await checkRcpt(facts, carry)).reply?.code).toBe(450)
  })

  test('postmaster without a domain is heard by everyone', async () => {
    const own = await start(['smtpd_client_restrictions = reject'])
    expect((await rcpt(own, { recipient: 'Postmaster' })).reply).toBeNull()
  })
})

describe('smtpd will not run', () => {
  const problem = async (...main_cf: string[]) => relayControlProblem((await start(main_cf)).postfix.settings)

  test('when nothing in its lists stops it from relaying for everyone', async () => {
    expect(await problem('smtpd_relay_restrictions = permit')).toBe(
      'in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least one working instance of: reject_unauth_destination, defer_unauth_destination, reject, defer, defer_if_permit or check_relay_domains',
    )
    expect(await problem('smtpd_relay_restrictions = warn_if_reject reject')).not.toBeNull()
    expect(await problem('smtpd_relay_restrictions = permit, reject')).not.toBeNull()
  })

  test('but runs when one does, even in a class', async () => {
    expect(await problem()).toBeNull()
    expect(
      await problem('smtpd_restriction_classes = own', 'own = reject', 'smtpd_relay_restrictions = own'),
    ).toBeNull()
  })
})

describe('DNS lists', () => {
  const zone = [
    '9.113.0.203.bl.test. A 127.0.0.4',
    '9.113.0.203.bl.test. TXT see-web',
    'y.test.rhs.test. A 127.0.0.2',
  ]

  test.each<[list: string, reply: string | null]>([
    [
      'reject_rbl_client bl.test',
      '554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using bl.test; see-web',
    ],
    ['reject_rbl_client bl.test=127.0.0.[2;5..9]', null],
    [
      'reject_rhsbl_sender rhs.test',
      '554 5.7.1 Service unavailable; Sender address [a@y.test] blocked using rhs.test',
    ],
    ['permit_dnswl_client bl.test, reject', null],
    [
      'permit_dnswl_client other.test, reject',
      '554 5.7.1 <alice@example.com>: Recipient address rejected: Access denied',
    ],
  ])('%s', async (list, reply) => {
    const own = await start([`smtpd_recipient_restrictions = ${list}`], { zone })
    expect((await rcpt(own)).reply).toBe(reply)
  })

  test('rbl_reply_maps has a text of its own for a list', async () => {
    const own = await start(
      [
        'smtpd_client_restrictions = reject_rbl_client bl.test',
        'rbl_reply_maps = texthash:$config_directory/replies',
      ],
      { zone, files: { replies: 'bl.test  521 4.7.7 $rbl_what is bad${rbl_reason?: $rbl_reason}\n' } },
    )
    expect((await rcpt(own)).reply).toBe('521 5.7.7 203.0.113.9 is bad: see-web')
  })
})

describe('a policy server', () => {
  test('is told of the session, and answers with an action', async () => {
    const own = await start(['smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:9998'])
    let asked = ''
    own.machine.net.listen(9998, (connection) => {
      connection.on('data', (bytes: Buffer) => {
        asked += bytes.toString()
        if (asked.endsWith('\n\n')) connection.write('action=DEFER_IF_PERMIT greylisted\n\n')
      })
    })
    expect((await rcpt(own)).reply).toBe(
      '450 4.7.1 <alice@example.com>: Recipient address rejected: greylisted',
    )
    expect(asked).toContain('request=smtpd_access_policy\nprotocol_state=RCPT\n')
    expect(asked).toContain('sender=a@y.test\nrecipient=alice@example.com\n')
  })

  test('that is away is asked twice, then the default action holds', async () => {
    const own = await start([
      'smtpd_recipient_restrictions = check_policy_service { inet:127.0.0.1:9998, retry_delay=0s }',
    ])
    const waiting = rcpt(own)
    await own.advance(1000)
    expect((await waiting).reply).toBe(
      '451 4.3.5 <alice@example.com>: Recipient address rejected: Server configuration problem',
    )
  })
})
