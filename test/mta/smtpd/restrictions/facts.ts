/** The facts of a session that an outsider began, as smtpd would give them. */
import type { FactsInput } from '#mta/smtpd/restrictions/facts.ts'
import type { CaseHost } from './host.ts'

export function outsider({ postfix }: CaseHost, change: Partial<FactsInput> = {}): FactsInput {
  return {
    postfix,
    settings: postfix.settings,
    session: 'smtpd-1',
    where: 'RCPT',
    client: {
      name: 'unknown',
      address: '203.0.113.9',
      port: 40_000,
      nameStatus: 'permanent',
      reverseName: 'unknown',
      reverseStatus: 'permanent',
    },
    server: { address: '127.0.0.1', port: 25 },
    protocol: 'ESMTP',
    helo: 'outsider.example.net',
    sender: 'mallory@example.net',
    recipient: 'victim@elsewhere.example',
    recipientCount: 0,
    queueId: null,
    size: null,
    etrnDomain: null,
    sasl: null,
    tls: null,
    pipelining: 'proper',
    ...change,
  }
}
