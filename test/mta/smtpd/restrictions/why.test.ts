import { afterEach, describe, expect, test } from 'vitest'
import { whatWouldFlip } from '#mta/smtpd/restrictions/why.ts'
import { outsider } from './facts.ts'
import { startCaseHost, type CaseHost } from './host.ts'

let host: CaseHost | null = null
afterEach(() => host?.close())

const start = async (...main_cf: string[]): Promise<CaseHost> => {
  host = await startCaseHost({
    hostname: 'mail.example.com',
    main_cf: ['mydestination = example.com, localhost', 'mynetworks = 127.0.0.0/8', ...main_cf],
    users: ['alice'],
  })
  return host
}

describe('what would have let the letter in', () => {
  test('of a refused relay: to log in, to be of our networks, another recipient, a domain we relay for', async () => {
    const facts = outsider(await start())
    const decidedBy = { list: 'smtpd_relay_restrictions', index: 2 }
    const flips = await whatWouldFlip({ facts, decidedBy })
    expect(flips.map(({ en }) => en)).toEqual([
      'If the client had logged in with AUTH first.',
      'If the letter came from this server itself (127.0.0.1).',
      'If the recipient were someone in example.com, a domain of this server.',
      'If 203.0.113.9 were in mynetworks.',
      'If elsewhere.example were in relay_domains, and so relayed for.',
      'If smtpd_relay_restrictions did not have defer_unauth_destination.',
      'If defer_unauth_destination only warned: warn_if_reject before it.',
    ])
    expect(flips.find(({ change }) => change?.name === 'mynetworks')?.change?.value).toBe(
      '127.0.0.0/8, 203.0.113.9',
    )
  })

  test('of an unknown user: only not to ask, or another recipient', async () => {
    const facts = outsider(await start(), { recipient: 'nobody@example.com' })
    const flips = await whatWouldFlip({ facts, decidedBy: null })
    expect(flips.map(({ zh }) => zh)).toEqual([
      '若收件人是本机的域 example.com 中的用户。',
      '若不在此拒绝未知收件人（smtpd_reject_unlisted_recipient = no）：给 nobody@example.com 的信稍后会被退回。',
    ])
  })

  test('of a HELO that is no full name: a full name', async () => {
    const own = await start('smtpd_helo_restrictions = reject_non_fqdn_helo_hostname')
    const facts = outsider(own, { helo: 'laptop', recipient: 'alice@example.com' })
    const flips = await whatWouldFlip({ facts, decidedBy: { list: 'smtpd_helo_restrictions', index: 0 } })
    expect(flips.map(({ en }) => en)).toContain('If the client gave a full host name in HELO.')
    expect(flips.map(({ en }) => en)).not.toContain('If the client had logged in with AUTH first.')
    // The client is of no network of ours: that line in front would change nothing.
    expect(flips.map(({ en }) => en)).not.toContain(
      'If smtpd_helo_restrictions began with permit_mynetworks.',
    )
  })

  test('of a letter that was let in: nothing', async () => {
    const facts = outsider(await start(), { recipient: 'alice@example.com' })
    expect(await whatWouldFlip({ facts, decidedBy: null })).toEqual([])
  })

  test('trials leave no trace', async () => {
    const own = await start()
    const before = own.facts.length
    await whatWouldFlip({ facts: outsider(own), decidedBy: null })
    expect(own.facts).toHaveLength(before)
  })
})
