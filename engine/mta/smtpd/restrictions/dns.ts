/**
 * What restrictions ask of DNS: is there such a host, who takes its mail.
 *
 * RFC 5321 §5.1; null MX: RFC 7505.
 */
import type { DnsAnswer, Resolver } from '#platform/resolver.ts'

export type MailHost = 'found' | 'absent' | 'null-mx' | 'temporary'

const isTemporary = (answer: DnsAnswer): boolean => answer.code !== 'NOERROR' && answer.code !== 'NXDOMAIN'

/** Whether mail can be sent to a domain: an MX, or an address. */
export async function mailHost(domain: string, resolver: Resolver): Promise<MailHost> {
  const mx = await resolver.query(domain, 'MX')
  const exchanges = mx.records.flatMap((record) => (record.type === 'MX' ? [record.exchange] : []))
  if (exchanges.length === 1 && (exchanges[0] === '' || exchanges[0] === '.')) return 'null-mx'
  if (exchanges.length > 0) return 'found'
  if (isTemporary(mx)) return 'temporary'
  return hostAddress(domain, resolver)
}

export async function hostAddress(
  name: string,
  resolver: Resolver,
): Promise<'found' | 'absent' | 'temporary'> {
  let temporary = false
  for (const type of ['A', 'AAAA'] as const) {
    const answer = await resolver.query(name, type)
    if (answer.records.some((record) => record.type === type)) return 'found'
    temporary ||= isTemporary(answer)
  }
  return temporary ? 'temporary' : 'absent'
}

export type Servers =
  { readonly kind: 'servers'; readonly names: readonly string[] } | { readonly kind: 'none' | 'temporary' }

/** The MX hosts of a domain; the domain itself when it has none, or is none. */
export async function mailExchangers(domain: string, resolver: Resolver): Promise<Servers> {
  const answer = await resolver.query(domain, 'MX')
  const sorted = answer.records
    .flatMap((record) => (record.type === 'MX' ? [record] : []))
    .sort((a, b) => a.preference - b.preference)
  if (sorted.length > 0) return { kind: 'servers', names: sorted.map((record) => record.exchange) }
  if (isTemporary(answer)) return { kind: 'temporary' }
  return { kind: 'servers', names: [domain] }
}

/** The name servers of a domain, or of the nearest parent that has some. */
export async function nameServers(domain: string, resolver: Resolver): Promise<Servers> {
  for (let name = domain; name !== ''; name = name.includes('.') ? name.slice(name.indexOf('.') + 1) : '') {
    const answer = await resolver.query(name, 'NS')
    const names = answer.records.flatMap((record) => (record.type === 'NS' ? [record.value] : []))
    if (names.length > 0) return { kind: 'servers', names }
    if (isTemporary(answer)) return { kind: 'temporary' }
  }
  return { kind: 'none' }
}
