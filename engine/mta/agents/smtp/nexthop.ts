/**
 * Where to: a next hop as main.cf and transport tables write it, and the hosts that it stands for, best first.
 *
 * RFC 5321 §5.1 (MX), RFC 7505 (null MX); smtp(8), lmtp(8).
 */
import type { Machine } from '#engine/machine.ts'
import type { DnsAnswer } from '#platform/resolver.ts'
import { named } from '#protocol/named.ts'

export type Nexthop =
  | { readonly kind: 'unix'; readonly path: string }
  /** `mx`: look up the domain's mail exchangers; `host`: this very host. */
  | {
      readonly kind: 'inet'
      readonly lookup: 'mx' | 'host'
      readonly host: string
      readonly port: number
    }

/** `example.org`, `[mx.example.org]:587`, `inet:host:24`, `unix:private/lmtp`. */
export function readNexthop(text: string, protocol: 'smtp' | 'lmtp', defaultPort: number): Nexthop {
  if (text.startsWith('unix:')) return { kind: 'unix', path: text.slice(5) }
  const rest = text.startsWith('inet:') ? text.slice(5) : text
  const match = /^\[([^\]]*)\](?::(\w+))?$/.exec(rest) ?? /^([^:]*)(?::(\w+))?$/.exec(rest)
  const host = (match?.[1] ?? rest).replace(/^ipv6:/i, '')
  const port = portNumber(match?.[2], defaultPort)
  const lookup = protocol === 'smtp' && !rest.startsWith('[') ? 'mx' : 'host'
  return { kind: 'inet', lookup, host, port }
}

const services: Readonly<Record<string, number>> = named({
  smtp: 25,
  lmtp: 24,
  submission: 587,
  smtps: 465,
  submissions: 465,
})

const portNumber = (text: string | undefined, fallback: number): number =>
  text === undefined ? fallback : (services[text] ?? (/^\d+$/.test(text) ? Number(text) : fallback))

export type MailHost = { readonly name: string; readonly address: string; readonly preference: number }

export type HostsFound =
  | { readonly kind: 'hosts'; readonly hosts: readonly MailHost[] }
  | { readonly kind: 'problem'; readonly status: string; readonly text: string }

export type LookupOptions = {
  readonly families: readonly ('A' | 'AAAA')[]
  readonly dns: 'enabled' | 'disabled'
  /** Refuse to send to ourselves: RFC 5321 §5.1. */
  readonly detectLoops: 'yes' | 'no'
  readonly ownAddresses: readonly string[]
  readonly addressLimit: number
  /** Log line of the agent. */
  readonly warn: (text: string) => void
}

export async function findHosts(
  nexthop: Extract<Nexthop, { kind: 'inet' }>,
  machine: Machine,
  options: LookupOptions,
): Promise<HostsFound> {
  const found =
    nexthop.lookup === 'mx' && options.dns === 'enabled' && !isAddress(nexthop.host)
      ? await byMailExchanger(nexthop.host, machine, options)
      : await byHost(nexthop.host, machine, options)
  return found.kind === 'hosts'
    ? { ...found, hosts: found.hosts.slice(0, options.addressLimit || undefined) }
    : found
}

async function byMailExchanger(
  domain: string,
  machine: Machine,
  options: LookupOptions,
): Promise<HostsFound> {
  const answer = await machine.resolver.query(domain, 'MX')
  const exchangers = answer.records.flatMap((record) => (record.type === 'MX' ? [record] : []))
  if (answer.code !== 'NOERROR' && answer.code !== 'NXDOMAIN') return dnsProblem(domain, 'MX', answer)
  if (exchangers.length === 0) return byHost(domain, machine, options)
  if (exchangers.length === 1 && (exchangers[0]?.exchange === '' || exchangers[0]?.exchange === '.')) {
    return { kind: 'problem', status: '5.1.0', text: `Domain ${domain} does not accept mail (nullMX)` }
  }
  const hosts: MailHost[] = []
  let problem: HostsFound | null = null
  for (const { exchange, preference } of [...exchangers].sort((a, b) => a.preference - b.preference)) {
    const addresses = await addressesOf(exchange, machine, options)
    if ('problem' in addresses) {
      if (problem?.kind !== 'problem' || !problem.status.startsWith('4')) problem = addresses.problem
    } else {
      for (const address of addresses.addresses) hosts.push({ name: exchange, address, preference })
    }
  }
  if (hosts.length === 0) {
    options.warn(`no MX host for ${domain} has a valid address record`)
    return problem ?? loop(domain)
  }
  const own = options.detectLoops === 'yes' ? hosts.find(({ address }) => isOwn(address, options)) : undefined
  const usable = own ? hosts.filter(({ preference }) => preference < own.preference) : hosts
  return usable.length === 0 ? loop(domain) : { kind: 'hosts', hosts: shuffled(usable, machine) }
}

async function byHost(name: string, machine: Machine, options: LookupOptions): Promise<HostsFound> {
  const found = await addressesOf(name, machine, options)
  if ('problem' in found) return found.problem
  if (options.detectLoops === 'yes' && found.addresses.some((address) => isOwn(address, options))) {
    return loop(name)
  }
  return { kind: 'hosts', hosts: found.addresses.map((address) => ({ name, address, preference: 0 })) }
}

const loop = (name: string): HostsFound => ({
  kind: 'problem',
  status: '5.4.6',
  text: `mail for ${name} loops back to myself`,
})

async function addressesOf(
  name: string,
  machine: Machine,
  options: LookupOptions,
): Promise<{ readonly addresses: readonly string[] } | { readonly problem: HostsFound }> {
  if (isAddress(name)) return { addresses: [name] }
  if (options.dns === 'disabled') {
    const { addresses, temporary } = await machine.resolver.addresses(name)
    if (addresses.length > 0) return { addresses }
    const why = temporary ? 'Temporary failure in name resolution' : 'Name or service not known'
    return {
      problem: {
        kind: 'problem',
        status: temporary ? '4.4.3' : '5.4.4',
        text: `unable to look up host ${name}: ${why}`,
      },
    }
  }
  const addresses: string[] = []
  let problem: HostsFound | null = null
  for (const family of options.families) {
    const answer = await machine.resolver.query(name, family)
    const found = answer.records.flatMap((record) =>
      record.type === 'A' || record.type === 'AAAA' ? [record.value] : [],
    )
    addresses.push(...found)
    if (found.length === 0) problem = dnsProblem(name, family, answer)
  }
  return addresses.length > 0 || problem === null ? { addresses } : { problem }
}

function dnsProblem(name: string, type: string, { code }: DnsAnswer): HostsFound {
  const temporary = code !== 'NOERROR' && code !== 'NXDOMAIN'
  const why = temporary
    ? 'Host not found, try again'
    : code === 'NXDOMAIN'
      ? 'Host not found'
      : 'Host found but no data record of requested type'
  return {
    kind: 'problem',
    status: temporary ? '4.4.3' : '5.4.4',
    text: `Host or domain name not found. Name service error for name=${name} type=${type}: ${why}`,
  }
}

const isAddress = (text: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || text.includes(':')

const isOwn = (address: string, { ownAddresses }: LookupOptions): boolean => ownAddresses.includes(address)

/** Hosts of one preference in a random order: that is how load is shared. */
function shuffled(hosts: readonly MailHost[], { random }: Machine): readonly MailHost[] {
  return hosts
    .map((host) => ({ host, lot: random.number() }))
    .sort((a, b) => a.host.preference - b.host.preference || a.lot - b.lot)
    .map(({ host }) => host)
}
