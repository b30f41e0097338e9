/**
 * `check_*_mx_access`, `check_*_ns_access`, `check_*_a_access`: an access table decides by the mail servers, the name
 * servers or the addresses behind a name. Domains change daily; those who serve them change less.
 *
 * access(5); postconf(5).
 */
import { readIpAddress } from '#tables/network.ts'
import { domainKeys, hostAddressKeys } from '#tables/search.ts'
import { parentStyle } from '#mta/rewrite/world.ts'
import { findAccess, forbidPermit } from './access-lookup.ts'
import { mailExchangers, nameServers, type Servers } from './dns.ts'
import type { Facts } from './facts.ts'
import { dunno, type Call, type Outcome, type ReplyClass, type Restriction } from './restriction.ts'
import { named } from '#protocol/named.ts'

type RecordKind = 'mx' | 'ns' | 'a'

type Subject = { readonly name: string; readonly domain: string; readonly replyClass: ReplyClass }

type Question = {
  /** Null when there is nothing to ask about yet. */
  readonly subject: (facts: Facts) => Subject | null
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

const questions: Readonly<Record<string, Question>> = named({
  client: {
    subject: ({ client, clientText }) =>
      client.name === 'unknown' ? null : { name: clientText, domain: client.name, replyClass: 'Client host' },
  },
  reverse_client_hostname: {
    subject: ({ client }) =>
      client.reverseName === 'unknown'
        ? null
        : {
            name: client.reverseName,
            domain: client.reverseName,
            replyClass: 'Unverified Client host',
          },
  },
  helo: {
    subject: ({ helo }) => (helo === null ? null : { name: helo, domain: helo, replyClass: 'Helo command' }),
  },
  sender: {
    subject: ({ sender }) =>
      sender === null || sender === ''
        ? null
        : { name: sender, domain: domainOf(sender), replyClass: 'Sender address' },
  },
  recipient: {
    subject: ({ recipient }) =>
      recipient === null
        ? null
        : { name: recipient, domain: domainOf(recipient), replyClass: 'Recipient address' },
  },
})

const kinds: Readonly<Record<RecordKind, { en: string; zh: string }>> = {
  mx: { en: 'mail servers', zh: '邮件服务器（MX）' },
  ns: { en: 'name servers', zh: '域名服务器（NS）' },
  a: { en: 'addresses', zh: '地址（A/AAAA）' },
}

export const serverAccessRestrictions: readonly Restriction[] = Object.entries(questions).flatMap(
  ([what, question]) =>
    (Object.keys(kinds) as RecordKind[]).map((kind): Restriction => ({
      name: `check_${what}_${kind}_access`,
      takes: 'table',
      async evaluate(facts, call) {
        const subject = question.subject(facts)
        return subject ? check(this.name, kind, subject, facts, call) : dunno
      },
    })),
)

async function check(
  restriction: string,
  kind: RecordKind,
  { name, domain, replyClass }: Subject,
  facts: Facts,
  call: Call,
): Promise<Outcome> {
  const style = parentStyle(facts.settings, 'smtpd_access_maps')
  const ask = (keys: ReturnType<typeof domainKeys>) =>
    findAccess(facts, call, { keys, replyName: name, replyClass })
  const asked = domain.replace(/\.$/, '')
  // Nobody serves names for an address.
  if (kind === 'ns' && addressOf(asked) !== null) return dunno
  const servers = await serversOf(kind, asked, facts)
  if (servers.kind !== 'servers') {
    const why = servers.kind === 'none' ? 'Host not found' : 'Host not found, try again'
    const about = servers.kind === 'none' ? name : domain
    call.warn(`Unable to look up ${kind.toUpperCase()} host for ${about}: ${why}`)
    return dunno
  }
  for (const server of servers.names) {
    const literal = readIpAddress(server) !== null
    const byName = literal || kind === 'a' ? null : await ask(domainKeys(server, style))
    if (byName) return forbidPermit(byName, restriction, server)
    const { addresses } = literal ? { addresses: [server] } : await facts.machine.resolver.addresses(server)
    for (const address of addresses) {
      const byAddress = await ask(hostAddressKeys(address))
      if (byAddress) return forbidPermit(byAddress, restriction, server)
    }
  }
  return dunno
}

async function serversOf(kind: RecordKind, domain: string, { machine }: Facts): Promise<Servers> {
  const literal = addressOf(domain)
  if (literal !== null) return { kind: 'servers', names: [literal] }
  if (kind === 'a') return { kind: 'servers', names: [domain] }
  return kind === 'mx' ? mailExchangers(domain, machine.resolver) : nameServers(domain, machine.resolver)
}

/** `[192.0.2.1]` and 192.0.2.1 are addresses, not names. */
function addressOf(domain: string): string | null {
  const literal = /^\[(?:IPv6:)?(.*)\]$/i.exec(domain)?.[1] ?? domain
  return readIpAddress(literal) === null ? null : literal
}
