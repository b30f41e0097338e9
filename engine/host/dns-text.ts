/** How a DNS record is written in a zone file, and how an address is turned around to ask for its name. RFC 1035 §5, §3.5. */
import { addressBytes } from '#config/network.ts'
import type { DnsRecord, RecordType } from '#platform/resolver.ts'

export const recordTypes: readonly RecordType[] = [
  'A',
  'AAAA',
  'MX',
  'PTR',
  'TXT',
  'CNAME',
  'NS',
  'SOA',
  'SRV',
  'TLSA',
]

export function recordData(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.value
    case 'PTR':
    case 'CNAME':
    case 'NS':
      return `${record.value}.`
    case 'MX':
      return `${record.preference} ${record.exchange === '' ? '.' : `${record.exchange}.`}`
    case 'TXT':
      return `"${record.text.replace(/["\\]/g, '\\$&')}"`
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}.`
    case 'TLSA':
      return `${record.usage} ${record.selector} ${record.matching} ${record.data.toUpperCase()}`
    case 'SOA': {
      const times = [record.serial, record.refresh, record.retry, record.expire, record.minimum]
      return `${record.primary}. ${record.mailbox}. ${times.join(' ')}`
    }
  }
}

/** `192.0.2.10` → `10.2.0.192.in-addr.arpa`; a text that is no address stays. */
export function reverseName(address: string): string {
  const bytes = addressBytes(address)
  if (!bytes) return address
  if (bytes.length === 4) return `${[...bytes].reverse().join('.')}.in-addr.arpa`
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 15])
  return `${nibbles
    .reverse()
    .map((it) => it.toString(16))
    .join('.')}.ip6.arpa`
}
