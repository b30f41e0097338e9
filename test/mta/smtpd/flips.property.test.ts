// A flip is a promise: who really makes the change sees the reply that was foretold. Held over generated restriction lists.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findFlips } from '#mta/smtpd/flips.ts'
import type { TracedReply } from '#trace/events.ts'
import type { FoundFlip } from '#trace/flip.ts'
import { talk } from './dialogue.ts'
import { startCaseHost, type CaseHost } from './restrictions/host.ts'

type Case = {
  readonly settings: Readonly<Record<string, string>>
  readonly access: Readonly<Record<string, string>>
  readonly from: string
  readonly lines: readonly string[]
}

const table = 'hash:$config_directory/access'
const anywhere = fc.constantFrom(
  'permit_mynetworks',
  'permit_sasl_authenticated',
  'reject_unauth_pipelining',
  `check_client_access ${table}`,
  `check_sender_access ${table}`,
  `check_helo_access ${table}`,
  'reject_non_fqdn_helo_hostname',
  'reject_unknown_client_hostname',
  'reject_non_fqdn_sender',
  'reject_unknown_sender_domain',
  'reject_unlisted_sender',
  'warn_if_reject reject_unknown_client_hostname',
  'reject',
  'permit',
)
const list = (most: number) => fc.array(anywhere, { maxLength: most }).map((items) => items.join(', '))

const cases: fc.Arbitrary<Case> = fc
  .record({
    client: list(2),
    sender: list(2),
    recipient: list(3),
    helo: fc.constantFrom('laptop', 'a.example.net'),
    from: fc.constantFrom('203.0.113.9', '127.0.0.1'),
    mail: fc.constantFrom(
      '',
      'mallory@example.net',
      'alice@example.com',
      'ghost@example.com',
      'user@nodomain',
    ),
    rcpt: fc.constantFrom(
      'alice@example.com',
      'nosuch@example.com',
      'victim@elsewhere.example',
      'x@relay.example',
    ),
    row: fc.constantFrom('REJECT', 'OK', 'DUNNO', '450 4.7.1 later', 'reject_unauth_destination'),
  })
  .map(({ client, sender, recipient, helo, from, mail, rcpt, row }) => ({
    settings: {
      smtpd_client_restrictions: client,
      smtpd_sender_restrictions: sender,
      smtpd_recipient_restrictions: recipient,
    },
    access: { 'mallory@example.net': row, '203.0.113.9': row, laptop: row },
    from,
    lines: [`EHLO ${helo}`, `MAIL FROM:<${mail}>`, `RCPT TO:<${rcpt}>`],
  }))

async function start({ settings, access }: Case): Promise<CaseHost> {
  const given = {
    mydestination: 'example.com',
    mynetworks: '127.0.0.0/8',
    relay_domains: 'relay.example',
    ...settings,
    // So that the table is compiled, however a flip writes its name.
    compiled: table,
  }
  return startCaseHost({
    hostname: 'mail.example.com',
    main_cf: Object.entries(given).map(([name, value]) => `${name} = ${value}`),
    users: ['alice'],
    files: {
      access: Object.entries(access)
        .map(([key, value]) => `${key} ${value}\n`)
        .join(''),
    },
    zone: ['example.net. MX 10 mx.example.net.', 'mx.example.net. A 198.51.100.7'],
  })
}

/** The reply to the last line of a dialogue. */
async function replyTo(host: CaseHost, { from, lines }: Case): Promise<TracedReply> {
  await talk(await host.dial(from), lines)
  const fact = host.facts.findLast(({ type }) => type === 'smtpd.reply')
  if (fact?.type !== 'smtpd.reply') throw new Error('no reply')
  return fact.reply
}

/** The case with the change made for real; null where it takes more than a dialogue: a login, TLS, DNS. */
function changed(one: Case, { flip, change }: FoundFlip): Case | null {
  const [hello = '', mail = '', rcpt = ''] = one.lines
  switch (change.on) {
    case 'main.cf':
      return { ...one, settings: { ...one.settings, [change.name]: change.value } }
    case 'command':
      return { ...one, lines: [...one.lines.slice(0, -1), ...change.lines] }
    case 'table': {
      const { [change.key]: _gone, ...others } = one.access
      if (!change.table.endsWith('/access')) return null
      return { ...one, access: change.value === null ? others : { ...others, [change.key]: change.value } }
    }
    case 'letter':
      return null
    case 'client':
      switch (flip.kind) {
        case 'here':
          return { ...one, from: '127.0.0.1' }
        case 'outside':
          return { ...one, from: flip.address }
        case 'full-helo':
          return { ...one, lines: ['EHLO client.example.com', mail, rcpt] }
        case 'null-sender':
          return { ...one, lines: [hello, 'MAIL FROM:<>', rcpt] }
        case 'sender-here':
          return { ...one, lines: [hello, `MAIL FROM:<postmaster@${flip.domain}>`, rcpt] }
        default:
          return null
      }
  }
}

describe('a change that is said to turn an answer around', () => {
  test('does so, whatever the lists', async () => {
    let tried = 0
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const host = await start(one)
        try {
          const given = await replyTo(host, one)
          const seq = host.facts.findLastIndex(({ type }) => type === 'smtpd.reply') + 1
          const moment = host.moments.at(seq)
          if (moment === null) throw new Error('the moment is not kept')
          for (const found of await findFlips(moment, given, host)) {
            const other = changed(one, found)
            if (other === null) continue
            const again = await start(other)
            try {
              const reply = await replyTo(again, other)
              expect(reply, JSON.stringify({ given, found })).toEqual(found.reply)
              expect(reply.code < '400').not.toBe(given.code < '400')
              tried++
            } finally {
              again.close()
            }
          }
        } finally {
          host.close()
        }
      }),
      { numRuns: 25 },
    )
    expect(tried).toBeGreaterThan(20)
  }, 30_000)
})
