/** What a mail client is told of the lab: its servers on this computer, and an account to try. */
import type { HostDescription } from '#trace/events.ts'
import type { LabView } from '#trace/world.ts'

export type Security = 'STARTTLS' | 'SSL/TLS' | 'none'

export type DoorServer = {
  readonly service: string
  readonly protocol: 'SMTP' | 'POP3' | 'IMAP' | 'ManageSieve' | 'DNS'
  readonly host: string
  readonly address: string
  readonly port: number
  readonly security: Security
}

export type Account = {
  readonly user: string
  readonly other: string
  readonly email: string
  readonly otherEmail: string
}

const kinds: readonly (readonly [string, DoorServer['protocol'], Security])[] = [
  ['imap', 'IMAP', 'STARTTLS'],
  ['imaps', 'IMAP', 'SSL/TLS'],
  ['pop3', 'POP3', 'STARTTLS'],
  ['pop3s', 'POP3', 'SSL/TLS'],
  ['submission', 'SMTP', 'STARTTLS'],
  ['submissions', 'SMTP', 'SSL/TLS'],
  ['sieve', 'ManageSieve', 'STARTTLS'],
  ['smtp', 'SMTP', 'none'],
  ['dns', 'DNS', 'none'],
]

/** Host by host, in the order in which a client asks for them; ports for other servers come last. */
export function serversOf(published: LabView['published']): readonly DoorServer[] {
  const hosts = [...new Set(published.map(({ host }) => host))]
  return hosts.flatMap((host) =>
    kinds.flatMap(([service, protocol, security]) =>
      published
        .filter((known) => known.host === host && known.service === service)
        .map(({ address, port }) => ({ service, protocol, host, address, port, security })),
    ),
  )
}

/** Null when no host with a published submission or mailbox port has users. */
export function accountOf(
  published: LabView['published'],
  hosts: readonly HostDescription[],
): Account | null {
  const services = ['submission', 'imap', 'pop3']
  for (const service of services) {
    const name = published.find((known) => known.service === service)?.host
    const host = hosts.find((known) => known.name === name)
    const user = host?.users[0]
    if (host === undefined || user === undefined) continue
    const domain = host.name.split('.').slice(-2).join('.')
    const other = host.users[1] ?? user
    return { user, other, email: `${user}@${domain}`, otherEmail: `${other}@${domain}` }
  }
  return null
}
