/**
 * What the lab's name server answers: the records of a name, an alias followed, "no data", or "no such name".
 *
 * RFC 1034 §4.3.2 (the algorithm), RFC 2308 §2 (the two ways to say no), RFC 4592 (wildcards).
 */
import type { DnsAnswer, DnsRecord, RecordType } from './resolver.ts'
import type { Zone } from './zone.ts'

/** As other resolvers: a chain of more aliases than this fails. */
const mostAliases = 8

export function lookUp(zone: Zone, asked: string, type: RecordType): DnsAnswer {
  const records: DnsRecord[] = []
  let name = canonicalName(asked)
  for (let aliases = 0; aliases <= mostAliases; aliases++) {
    if (fails(zone, name)) return { code: 'SERVFAIL', records: [] }
    const here = recordsAt(zone, name)
    if (here === null) return { code: 'NXDOMAIN', records }
    const wanted = here.filter((record) => record.type === type)
    const alias = here.find(isAlias)
    if (wanted.length > 0 || alias === undefined) return { code: 'NOERROR', records: [...records, ...wanted] }
    records.push(alias)
    name = alias.value
  }
  return { code: 'SERVFAIL', records: [] }
}

/** The SOA record of the zone that a name is in, for an answer that says no. */
export function authorityFor(zone: Zone, asked: string): DnsRecord | null {
  for (let name: string | null = canonicalName(asked); name !== null; name = parentOf(name)) {
    const soa = zone.records.get(name)?.find((record) => record.type === 'SOA')
    if (soa !== undefined) return soa
  }
  return null
}

export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

function isAlias(record: DnsRecord): record is DnsRecord & { type: 'CNAME'; value: string } {
  return record.type === 'CNAME'
}

/** Null: the name does not exist. Empty: it does, with no records of its own. */
function recordsAt(zone: Zone, name: string): readonly DnsRecord[] | null {
  const own = zone.records.get(name)
  if (own !== undefined) return own
  if (zone.between.has(name) || name === '') return []
  for (let above = parentOf(name); above !== null; above = parentOf(above)) {
    const wild = zone.records.get(above === '' ? '*' : `*.${above}`)
    if (wild !== undefined) return wild.map((record) => ({ ...record, name }))
    // The closest name that exists ends the search: RFC 4592 §3.3.1.
    if (zone.records.has(above) || zone.between.has(above)) return null
  }
  return null
}

function fails(zone: Zone, asked: string): boolean {
  if (zone.failing.size === 0) return false
  for (let name: string | null = asked; name !== null; name = parentOf(name))
    if (zone.failing.has(name)) return true
  return false
}

function parentOf(name: string): string | null {
  if (name === '') return null
  const dot = name.indexOf('.')
  return dot < 0 ? '' : name.slice(dot + 1)
}
