/** What a mail client must know of a host of the lab: its servers, as the published ports make them reachable from outside. */
export type PublishedPort = {
  readonly host: string
  readonly service: string
  readonly address: string
  readonly port: number
}

export type Security = 'STARTTLS' | 'SSL' | 'plain'

export type ClientServer = {
  readonly protocol: 'smtp' | 'pop3' | 'imap'
  /** Where the client connects: the published address, not the name inside the lab. */
  readonly address: string
  readonly port: number
  readonly security: Security
}

/** Service of lab.yaml → protocol and security. Port 25 is no port for a mail client: RFC 6409 §3.1. */
const clientServices: Readonly<Record<string, Pick<ClientServer, 'protocol' | 'security'>>> = {
  imaps: { protocol: 'imap', security: 'SSL' },
  imap: { protocol: 'imap', security: 'STARTTLS' },
  pop3s: { protocol: 'pop3', security: 'SSL' },
  pop3: { protocol: 'pop3', security: 'STARTTLS' },
  submissions: { protocol: 'smtp', security: 'SSL' },
  submission: { protocol: 'smtp', security: 'STARTTLS' },
}

/** The servers of one host, best first within a protocol. */
export function clientServers(host: string, published: readonly PublishedPort[]): readonly ClientServer[] {
  return Object.entries(clientServices).flatMap(([service, kind]) =>
    published
      .filter((entry) => entry.host === host && entry.service === service)
      .map(({ address, port }) => ({ ...kind, address, port })),
  )
}

/** The host that serves an address: the one named so, or whose domain it is. Null when none does. */
export function hostFor(
  emailAddress: string,
  hosts: readonly { name: string; users: readonly string[] }[],
): string | null {
  const domain = emailAddress.slice(emailAddress.lastIndexOf('@') + 1).toLowerCase()
  const serves = (name: string) => name === domain || name.endsWith(`.${domain}`)
  return hosts.find(({ name, users }) => users.length > 0 && serves(name))?.name ?? null
}

export const xml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
