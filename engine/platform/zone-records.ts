/** The data of each type of record, as a master file writes it: RFC 1035 §3.3, RFC 3596, RFC 2782, RFC 6698. */
import { isIPv4, isIPv6 } from 'node:net'
import { canonicalAddress } from './addresses.ts'
import type { DnsRecord, RecordType } from './resolver.ts'
import type { Token } from './zone-tokens.ts'
import type { ZoneProblem } from './zone.ts'

/** A record without its name and time to live. */
export type RecordData = DnsRecord extends infer R
  ? R extends DnsRecord
    ? Omit<R, 'name' | 'ttl'>
    : never
  : never

type ReadName = (token: Token) => string | null

/** How each type is written; for the messages. */
const shapes: Record<RecordType, string> = {
  A: 'A 192.0.2.1',
  AAAA: 'AAAA 2001:db8::1',
  MX: 'MX 10 mx.example.org.',
  PTR: 'PTR mx.example.org.',
  TXT: 'TXT "some text"',
  CNAME: 'CNAME mx.example.org.',
  NS: 'NS ns.example.org.',
  SOA: 'SOA ns.example.org. hostmaster.example.org. 1 3600 600 86400 60',
  SRV: 'SRV 0 1 993 imap.example.org.',
  TLSA: 'TLSA 3 1 1 0123abcd…',
}

export function readRecordData(
  type: RecordType,
  tokens: readonly Token[],
  at: Token,
  readName: ReadName,
): RecordData | ZoneProblem {
  const data = read(type, tokens, readName)
  if (data !== null) return data
  const place = tokens[0] ?? at
  return {
    line: place.line,
    column: place.column,
    message: `this is not ${type} data; write for instance ${shapes[type]}`,
  }
}

function read(type: RecordType, tokens: readonly Token[], readName: ReadName): RecordData | null {
  const words = tokens.map((token) => token.text)
  const [first = '', second = '', third = ''] = words
  const name = (index: number) => {
    const token = tokens[index]
    return token === undefined ? null : readName(token)
  }
  const numbers = (count: number, limit = 65535) => readNumbers(words.slice(0, count), count, limit)

  switch (type) {
    case 'A':
      return words.length === 1 && isIPv4(first) ? { type, value: first } : null
    case 'AAAA':
      return words.length === 1 && isIPv6(first) ? { type, value: canonicalAddress(first) } : null
    case 'PTR':
    case 'CNAME':
    case 'NS': {
      const value = words.length === 1 ? name(0) : null
      return value === null ? null : { type, value }
    }
    case 'MX': {
      const preference = numbers(1)?.[0]
      const exchange = words.length === 2 ? name(1) : null
      return preference === undefined || exchange === null ? null : { type, preference, exchange }
    }
    case 'TXT': {
      const good = words.length > 0 && words.every((word) => Buffer.byteLength(word) <= 255)
      return good ? { type, text: words.join('') } : null
    }
    case 'SRV': {
      const read = numbers(3)
      const target = words.length === 4 ? name(3) : null
      if (read === null || target === null) return null
      const [priority = 0, weight = 0, port = 0] = read
      return { type, priority, weight, port, target }
    }
    case 'TLSA': {
      const read = numbers(3, 255)
      // The hexadecimal may be written in several groups.
      const data = words.slice(3).join('').toLowerCase()
      if (read === null || !/^([0-9a-f]{2})+$/.test(data)) return null
      const [usage = 0, selector = 0, matching = 0] = read
      return { type, usage, selector, matching, data }
    }
    case 'SOA': {
      const primary = name(0)
      const mailbox = name(1)
      const serial = readNumbers([third], 1, 2 ** 32 - 1)?.[0]
      const times = words.slice(3).map(readSeconds)
      if (
        primary === null ||
        mailbox === null ||
        serial === undefined ||
        second === '' ||
        times.length !== 4
      ) {
        return null
      }
      const [refresh, retry, expire, minimum] = times
      if (refresh == null || retry == null || expire == null || minimum == null) return null
      return { type, primary, mailbox, serial, refresh, retry, expire, minimum }
    }
    default:
      return type satisfies never
  }
}

/** A time to live: seconds, or numbers with s, m, h, d, w. */
export function readSeconds(text: string): number | null {
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), 2 ** 31 - 1)
  if (!/^(\d{1,6}[smhdw]){1,5}$/i.test(text)) return null
  const units = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 }
  let seconds = 0
  for (const [, number, unit] of text.toLowerCase().matchAll(/(\d+)([smhdw])/g)) {
    seconds += Number(number) * units[unit as keyof typeof units]
  }
  return Math.min(seconds, 2 ** 31 - 1)
}

function readNumbers(words: readonly string[], count: number, limit: number): number[] | null {
  const numbers = words.map((word) => (/^\d{1,10}$/.test(word) ? Number(word) : NaN))
  return numbers.length === count && numbers.every((number) => number <= limit) ? numbers : null
}
