// What would have turned a reply around: found by asking the same server again with one thing changed.
import { afterEach, describe, expect, test } from 'vitest'
import { findFlips } from '#mta/smtpd/flips.ts'
import type { FoundFlip } from '#trace/flip.ts'
import { sayFlip } from '#trace/flip.ts'
import { en } from '#trace/words/en.ts'
import { zh } from '#trace/words/zh.ts'
import { startCaseHost, type CaseHost } from './restrictions/host.ts'
import { talk } from './dialogue.ts'

let host: CaseHost | null = null
afterEach(() => host?.close())

const start = async (...main_cf: string[]): Promise<CaseHost> => {
  host = await startCaseHost({
    hostname: 'mail.example.com',
    main_cf: ['mydestination = example.com, localhost', 'mynetworks = 127.0.0.0/8', ...main_cf],
    users: ['alice'],
    files: { access: 'mallory@example.net REJECT not you\nfriend@example.net OK\n' },
  })
  return host
}

const stranger = '203.0.113.9'

/** The flips of the last reply. */
async function flipsOf(own: CaseHost, from: string, ...lines: string[]): Promise<readonly FoundFlip[]> {
  await talk(await own.dial(from), lines)
  const seq = own.facts.findLastIndex(({ type }) => type === 'smtpd.reply') + 1
  const fact = own.facts[seq - 1]
  const moment = own.moments.at(seq)
  if (fact?.type !== 'smtpd.reply' || moment === null) throw new Error('the moment is not kept')
  return findFlips(moment, fact.reply, own)
}

const toRcpt = (recipient: string, sender = 'mallory@example.net') => [
  'EHLO outsider.example.net',
  `MAIL FROM:<${sender}>`,
  `RCPT TO:<${recipient}>`,
]
const inEnglish = (flips: readonly FoundFlip[]) => flips.map(({ flip }) => sayFlip(flip, en))

describe('what would have let the letter in', () => {
  test('of a refused relay: to log in, to be of our networks, another recipient, a domain we relay for', async () => {
    const flips = await flipsOf(await start(), stranger, ...toRcpt('victim@elsewhere.example'))
    expect(inEnglish(flips)).toEqual([
      'If the client had logged in with AUTH first.',
      'If the letter came from this server itself (127.0.0.1).',
      'If the recipient were someone in example.com, a domain of this server.',
      'If 203.0.113.9 were in mynetworks.',
      'If elsewhere.example were in relay_domains, and so relayed for.',
    ])
    // Without defer_unauth_destination smtpd would not run at all.
    expect(flips.find(({ flip }) => flip.kind === 'network')?.change).toEqual({
      on: 'main.cf',
      name: 'mynetworks',
      value: '127.0.0.0/8, 203.0.113.9',
    })
  })

  test('of an unknown user: another recipient, a row in the aliases, or not to ask', async () => {
    const flips = await flipsOf(await start(), stranger, ...toRcpt('nosuch@example.com'))
    expect(flips.map(({ flip }) => sayFlip(flip, zh))).toEqual([
      '若收件人是本机的域 example.com 中的用户。',
      '若 hash:/etc/postfix/aliases 中有这一行：nosuch postmaster',
      '若不在此拒绝未知收件人（smtpd_reject_unlisted_recipient = no）：给 nosuch@example.com 的信稍后会被退回。',
      '若 main.cf 让 local_recipient_maps 留空。',
    ])
  })

  test('of a HELO that is no full name: a full name', async () => {
    const own = await start('smtpd_helo_restrictions = reject_non_fqdn_helo_hostname')
    const flips = await flipsOf(own, stranger, 'EHLO laptop', 'MAIL FROM:<>', 'RCPT TO:<alice@example.com>')
    expect(inEnglish(flips)).toContain('If the client gave a full host name in HELO.')
    expect(inEnglish(flips)).not.toContain('If the client had logged in with AUTH first.')
    // The client is of no network of ours: that line in front would change nothing.
    expect(inEnglish(flips)).not.toContain('If smtpd_helo_restrictions began with permit_mynetworks.')
  })

  test('of a row in an access table: that row', async () => {
    const own = await start('smtpd_sender_restrictions = check_sender_access hash:$config_directory/access')
    const flips = await flipsOf(own, stranger, ...toRcpt('alice@example.com'))
    expect(inEnglish(flips)).toContain('If hash:/etc/postfix/access had no row for mallory@example.net.')
    expect(inEnglish(flips)).toContain('If the sender were the null sender, <>.')
  })
})

describe('what would have been a better command', () => {
  test.each([
    [
      'out of order',
      ['EHLO a.example', 'DATA'],
      'If this were sent: MAIL FROM:<>, then RCPT TO:<postmaster>, then DATA.',
    ],
    [
      'nested',
      ['EHLO a.example', 'MAIL FROM:<>', 'MAIL FROM:<a@b.example>'],
      'If this were sent: RSET, then MAIL FROM:<a@b.example>.',
    ],
    [
      'mistyped',
      ['EHLO a.example', 'MIAL FROM:<a@b.example>'],
      'If the command were: MAIL FROM:<a@b.example>',
    ],
    [
      'with an unknown parameter',
      ['EHLO a.example', 'MAIL FROM:<a@b.example> COLOUR=red'],
      'If the command were: MAIL FROM:<a@b.example>',
    ],
    ['without an argument', ['EHLO'], 'If the command were: EHLO client.example.com'],
    [
      'too large',
      ['EHLO a.example', 'MAIL FROM:<> SIZE=99999999'],
      'If main.cf said message_size_limit = 0.',
    ],
  ])('%s', async (_how, lines, sentence) => {
    expect(inEnglish(await flipsOf(await start(), stranger, ...lines))).toContain(sentence)
  })

  test('a setting that forbids it', async () => {
    const flips = await flipsOf(await start('disable_vrfy_command = yes'), stranger, 'VRFY alice@example.com')
    expect(inEnglish(flips)).toEqual(['If main.cf said disable_vrfy_command = no.'])
  })

  test('TLS where TLS is demanded', async () => {
    const flips = await flipsOf(
      await start('smtpd_tls_security_level = encrypt'),
      stranger,
      'EHLO a.example',
      'MAIL FROM:<>',
    )
    expect(inEnglish(flips)).toEqual([
      'If the session were encrypted: STARTTLS first.',
      'If main.cf said smtpd_tls_security_level = may.',
    ])
  })
})

describe('what a yes rests on', () => {
  test('of a relay from our own networks: to be a stranger', async () => {
    const flips = await flipsOf(await start(), '127.0.0.1', ...toRcpt('victim@elsewhere.example'))
    expect(inEnglish(flips)).toEqual([
      'If the client were a stranger, such as 203.0.113.254.',
      'If smtpd_relay_restrictions did not have permit_mynetworks.',
    ])
    expect(flips[0]?.reply).toMatchObject({ code: '454', status: '4.7.1' })
  })

  test('of a letter for one of ours: that she is known here', async () => {
    const flips = await flipsOf(await start(), stranger, ...toRcpt('alice@example.com'))
    expect(inEnglish(flips)).toEqual([
      'If the recipient were somebody@elsewhere.example, for whom others deliver.',
      'If the recipient were no-such-user@example.com, whom nobody here is.',
    ])
  })
})

describe('a trial', () => {
  test('leaves no trace, and is the same each time', async () => {
    const own = await start()
    const flips = await flipsOf(own, stranger, ...toRcpt('victim@elsewhere.example'))
    const before = own.facts.length
    const seq = own.facts.findLastIndex(({ type }) => type === 'smtpd.reply') + 1
    const fact = own.facts[seq - 1]
    const moment = own.moments.at(seq)
    if (moment === null || fact?.type !== 'smtpd.reply') throw new Error('the moment is not kept')
    expect(await findFlips(moment, fact.reply, own)).toEqual(flips)
    expect(own.facts).toHaveLength(before)
  })

  test('knows no password', async () => {
    const own = await start('smtpd_sasl_auth_enable = no')
    await talk(await own.dial(stranger), ['EHLO a.example', 'AUTH PLAIN AGFsaWNlAHNlY3JldA=='])
    const seq = own.facts.findLastIndex(({ type }) => type === 'smtpd.reply') + 1
    expect(own.moments.at(seq)?.asked).toEqual({ kind: 'command', line: 'AUTH PLAIN' })
  })
})
