/**
 * The hosts that a next hop stands for, best first: mail exchangers of a domain, or the addresses of one host.
 *
 * RFC 5321 §5.1 (MX), RFC 7505 (null MX); smtp(8); postconf(5): smtp_host_lookup, smtp_dns_support_level.
 */
import { domainToASCII } from 'node:url'
import type { Machine } from '#engine/machine.ts'
import type { DnsAnswer } from '#platform/resolver.ts'
import { isAscii } from '#protocol/bytes/text.ts'
import { isValidHostname } from '#tables/hostname.ts'
import { readIpAddress } from '#tables/network.ts'
import type { Nexthop } from './nexthop.ts'

export type MailHost = { readonly name: string; readonly address: string; readonly preference: number }

type Problem = {
  readonly kind: 'problem'
  readonly status: string
  readonly text: string
  /** We are the host to which the mail should go. */
  readonly loops?: true
}

export type HostsFound =
  /** `backup`: we are a mail exchanger ourselves, and these are the better ones. */
  { readonly kind: 'hosts'; readonly hosts: readonly MailHost[]; readonly backup?: true } | Problem

export type LookupOptions = {
  readonly families: readonly ('A' | 'AAAA')[]
  /** Whether MX records are asked for. */
  readonly exchangers: 'asked' | 'not asked'
  /** Where names of hosts are looked up: in DNS, or as the system does. smtp_host_lookup. */
  readonly lookup: readonly ('dns' | 'native')[]
  /** Refuse to send to ourselves: RFC 5321 §5.1. */
  readonly detectLoops: 'yes' | 'no'
  readonly ownAddresses: readonly string[]
  /** smtp_address_preference. */
  readonly preferred: 'any' | 'A' | 'AAAA'
  readonly shuffle: 'yes' | 'no'
  /** smtp_ignore_mx_lookup_error. */
  readonly onMxFailure: 'stop' | 'use the host'
  /** smtp_defer_if_no_mx_address_found. */
  readonly onNoMxAddress: 'as found' | 'defer'
  /** Log line of the agent. */
  readonly warn: (text: string) => void
}

export async function findHosts(
  nexthop: Extract<Nexthop, { kind: 'inet' }>,
  machine: Machine,
  options: LookupOptions,
): Promise<HostsFound> {
  return nexthop.lookup === 'mx' && options.exchangers === 'asked'
    ? byMailExchanger(nexthop.host, machine, options)
    : byHost(nexthop.host, machine, options)
}

async function byMailExchanger(named: string, machine: Machine, options: LookupOptions): Promise<HostsFound> {
  const domain = inAscii(named)
  if (readIpAddress(domain) !== null) return byHost(domain, machine, options)
  if (!isValidHostname(domain)) return invalidName(domain)
  const answer = await machine.resolver.query(domain, 'MX')
  const exchangers = answer.records.flatMap((record) => (record.type === 'MX' ? [record] : []))
  if (answer.code !== 'NOERROR' && answer.code !== 'NXDOMAIN') {
    return options.onMxFailure === 'use the host'
      ? byHost(domain, machine, options)
      : dnsProblem(domain, 'MX', answer)
  }
  if (exchangers.length === 0) return byHost(domain, machine, options)
  if (exchangers.length === 1 && (exchangers[0]?.exchange === '' || exchangers[0]?.exchange === '.')) {
    return { kind: 'problem', status: '5.1.0', text: `Domain ${domain} does not accept mail (nullMX)` }
  }
  const sorted = [...exchangers].sort((a, b) => a.preference - b.preference)
  const hosts: MailHost[] = []
  let problem: Problem | null = null
  for (const { exchange, preference } of sorted) {
    const found = await addressesOf(exchange, machine, options)
    if (found.kind === 'problem') problem = graver(problem, found)
    else for (const address of found.addresses) hosts.push({ name: exchange, address, preference })
  }
  if (hosts.length === 0) {
    options.warn(`no MX host for ${domain} has a valid address record`)
    const missing = problem ?? loop(domain)
    return options.onNoMxAddress === 'defer' ? { ...missing, status: `4${missing.status.slice(1)}` } : missing
  }
  const own = ownHost(hosts, options)
  if (own === null) return { kind: 'hosts', hosts: ordered(hosts, machine, options) }
  const better = hosts.filter(({ preference }) => preference < own.preference)
  if (better.length > 0) return { kind: 'hosts', hosts: ordered(better, machine, options), backup: true }
  return sorted[0]?.preference === hosts[0]?.preference
    ? loop(domain)
    : { kind: 'problem', status: '4.4.4', text: `unable to find primary relay for ${domain}` }
}

/** A host that could not be found today may be found tomorrow: that decides, whatever else was wrong. */
const graver = (before: Problem | null, now: Problem): Problem =>
  before?.status.startsWith('4') ? { ...now, status: `4${now.status.slice(1)}` } : now

/** DNS has ASCII only: `bücher.example` is asked for as `xn--bcher-kva.example`. RFC 5891 §4.4. */
const inAscii = (name: string): string => (isAscii(name) ? name : domainToASCII(name) || name)

async function byHost(named: string, machine: Machine, options: LookupOptions): Promise<HostsFound> {
  const name = inAscii(named)
  const found = await addressesOf(name, machine, options)
  if (found.kind === 'problem') return found
  const hosts = found.addresses.map((address) => ({ name, address, preference: 0 }))
  if (ownHost(hosts, options) !== null) return loop(name)
  return { kind: 'hosts', hosts: ordered(hosts, machine, options) }
}

const ownHost = (hosts: readonly MailHost[], { detectLoops, ownAddresses }: LookupOptions) =>
  detectLoops === 'yes' ? (hosts.find(({ address }) => ownAddresses.includes(address)) ?? null) : null

const loop = (name: string): Problem => ({
  kind: 'problem',
  status: '5.4.6',
  text: `mail for ${name} loops back to myself`,
  loops: true,
})

const invalidName = (name: string): Problem => ({
  kind: 'problem',
  status: '5.4.4',
  text: `Name service error for ${name}: invalid host or domain name`,
})

type AddressesFound = { readonly kind: 'addresses'; readonly addresses: readonly string[] } | Problem

async function addressesOf(name: string, machine: Machine, options: LookupOptions): Promise<AddressesFound> {
  if (readIpAddress(name) !== null && options.families.includes(familyOf(name))) {
    return { kind: 'addresses', addresses: [name] }
  }
  let found: AddressesFound = { kind: 'problem', status: '5.4.4', text: `${name}: host not found` }
  for (const where of options.lookup) {
    found = await (where === 'dns' ? byDns(name, machine, options) : bySystem(name, machine, options))
    // Only a name that DNS does not know is looked for elsewhere.
    if (found.kind === 'addresses' || found.status !== '5.4.4') return found
  }
  return found
}

async function byDns(
  name: string,
  { resolver }: Machine,
  { families }: LookupOptions,
): Promise<AddressesFound> {
  if (!isValidHostname(name)) return invalidName(name)
  const addresses: string[] = []
  let problem: Problem | null = null
  for (const family of families) {
    const answer = await resolver.query(name, family)
    const found = answer.records.flatMap((record) =>
      record.type === 'A' || record.type === 'AAAA' ? [record.value] : [],
    )
    addresses.push(...found)
    if (found.length === 0 && !problem?.status.startsWith('4')) problem = dnsProblem(name, family, answer)
  }
  return addresses.length > 0 || problem === null ? { kind: 'addresses', addresses } : problem
}

/** As the system's own programs do: /etc/hosts first. */
async function bySystem(
  name: string,
  { resolver }: Machine,
  { families }: LookupOptions,
): Promise<AddressesFound> {
  const { addresses, temporary } = await resolver.addresses(name)
  const usable = addresses.filter((address) => families.includes(familyOf(address)))
  if (usable.length > 0) return { kind: 'addresses', addresses: usable }
  const unable = (status: string, why: string): Problem => ({
    kind: 'problem',
    status,
    text: `unable to look up host ${name}: ${why}`,
  })
  if (temporary) return unable('4.4.4', 'Temporary failure in name resolution')
  const exists = isValidHostname(name) && (await resolver.query(name, 'A')).code === 'NOERROR'
  return exists
    ? unable('5.3.0', 'No address associated with hostname')
    : unable('5.4.4', 'Name or service not known')
}

function dnsProblem(name: string, type: string, { code }: DnsAnswer): Problem {
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

const familyOf = (address: string): 'A' | 'AAAA' => (address.includes(':') ? 'AAAA' : 'A')

/** Hosts of one preference in a random order: that is how load is shared. */
function ordered(
  hosts: readonly MailHost[],
  { random }: Machine,
  { preferred, shuffle }: LookupOptions,
): readonly MailHost[] {
  const rank = (address: string) => (preferred === 'any' || familyOf(address) === preferred ? 0 : 1)
  return hosts
    .map((host) => ({ host, lot: shuffle === 'yes' ? random.number() : 0 }))
    .sort(
      (a, b) =>
        a.host.preference - b.host.preference || rank(a.host.address) - rank(b.host.address) || a.lot - b.lot,
    )
    .map(({ host }) => host)
}
