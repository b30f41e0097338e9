/**
 * DNS messages: a question as bytes, and the lab's answer to it as bytes.
 *
 * RFC 1035 §4 (the format), RFC 6891 (EDNS). Every query of a lab goes through here, so that what a `dig` from
 * outside sees is what the lab's own servers see.
 */
import * as packet from 'dns-packet'
import type { DnsAnswer, DnsCode, DnsRecord, RecordType } from './resolver.ts'
import { authorityFor, canonicalName, lookUp } from './zone-lookup.ts'
import type { Zone } from './zone.ts'

const responseCodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
/** Without EDNS, UDP carries so much: RFC 1035 §2.3.4. With it no more than fits into one packet anywhere. */
const plainSize = 512
const largestDatagram = 1232
const badVersion = 1

const recordTypes: readonly string[] = [
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
] satisfies RecordType[]

export function encodeQuestion(id: number, name: string, type: RecordType): Buffer {
  return packet.encode({ id, type: 'query', flags: packet.RECURSION_DESIRED, questions: [{ name, type }] })
}

/** Null when the bytes are not a question that anyone should answer. */
export function answerMessage(zone: Zone, bytes: Buffer, transport: 'udp' | 'tcp'): Buffer | null {
  const query = decode(bytes)
  if (query?.type !== 'query') return null
  const options = query.additionals.find((record) => record.type === 'OPT')
  const answer = answerQuery(zone, query, options)
  const limit = transport === 'tcp' ? 65535 : datagramLimit(options)
  const whole = packet.encode(answer)
  if (whole.length <= limit) return whole
  const flags = (answer.flags ?? 0) | packet.TRUNCATED_RESPONSE
  return packet.encode({ ...answer, flags, answers: [], authorities: [] })
}

export function decodeAnswer(bytes: Buffer): DnsAnswer {
  const message = decode(bytes)
  if (message === null) return { code: 'SERVFAIL', records: [] }
  const known: readonly string[] = ['NOERROR', 'NXDOMAIN', 'REFUSED'] satisfies DnsCode[]
  const code = known.includes(message.rcode) ? (message.rcode as DnsCode) : 'SERVFAIL'
  return { code, records: message.answers.flatMap(fromWire) }
}

/** As a zone file writes the data: `10 mx.example.org`. */
export function presentRecord(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
    case 'PTR':
    case 'NS':
      return record.value
    case 'CNAME':
      return `CNAME ${record.value}`
    case 'MX':
      return `${record.preference} ${record.exchange}`
    case 'TXT':
      return `"${record.text.replace(/["\\]/g, '\\$&')}"`
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}`
    case 'TLSA':
      return `${record.usage} ${record.selector} ${record.matching} ${record.data}`
    case 'SOA':
      return [
        record.primary,
        record.mailbox,
        record.serial,
        record.refresh,
        record.retry,
        record.expire,
        record.minimum,
      ].join(' ')
    default:
      return record satisfies never
  }
}

function decode(bytes: Buffer): packet.DecodedPacket | null {
  try {
    return packet.decode(bytes)
  } catch {
    // Garbage: the library throws whatever it stumbled over.
    return null
  }
}

function answerQuery(
  zone: Zone,
  query: packet.DecodedPacket,
  options: packet.Answer | undefined,
): packet.Packet {
  const [question] = query.questions
  const base: packet.Packet = {
    id: query.id,
    type: 'response',
    questions: query.questions.slice(0, 1),
    additionals: options === undefined ? [] : [ownOptions],
  }
  const flags =
    packet.AUTHORITATIVE_ANSWER | packet.RECURSION_AVAILABLE | (query.flags & packet.RECURSION_DESIRED)
  const refuse = (code: keyof typeof responseCodes): packet.Packet => ({
    ...base,
    flags: flags | responseCodes[code],
  })

  if (query.opcode !== 'QUERY') return refuse('NOTIMP')
  if (question === undefined || query.questions.length !== 1) return { ...refuse('FORMERR'), questions: [] }
  if ((options?.ednsVersion ?? 0) > 0) {
    return { ...base, flags, additionals: [{ ...ownOptions, extendedRcode: badVersion }] }
  }
  if (question.class !== 'IN' || ['AXFR', 'IXFR'].includes(question.type)) return refuse('REFUSED')

  const { code, records } = answerFor(zone, question)
  const soa = records.length === 0 ? authorityFor(zone, question.name) : null
  return {
    ...base,
    flags: flags | responseCodes[code === 'TIMEOUT' ? 'SERVFAIL' : code],
    answers: records.map(toWire),
    authorities: soa === null || code === 'SERVFAIL' ? [] : [toWire(soa)],
  }
}

function answerFor(zone: Zone, question: packet.Question): DnsAnswer {
  if (recordTypes.includes(question.type)) return lookUp(zone, question.name, question.type as RecordType)
  // A type that the zone cannot hold: the name still exists or not. ANY gets all there is: RFC 8482 permits it.
  const answer = lookUp(zone, question.name, 'CNAME')
  if (question.type !== 'ANY') return answer.code === 'NOERROR' ? { ...answer, records: [] } : answer
  return { ...answer, records: zone.records.get(canonicalName(question.name)) ?? answer.records }
}

const ownOptions: packet.Answer = {
  name: '.',
  type: 'OPT',
  udpPayloadSize: largestDatagram,
  flags: 0,
  options: [],
}

function datagramLimit(options: packet.Answer | undefined): number {
  return Math.min(largestDatagram, Math.max(plainSize, options?.udpPayloadSize ?? plainSize))
}

function toWire(record: DnsRecord): packet.Answer {
  const { name, ttl, type } = record
  return { name, ttl, type, class: 'IN', data: dataToWire(record) }
}

function dataToWire(record: DnsRecord): unknown {
  switch (record.type) {
    case 'A':
    case 'AAAA':
    case 'PTR':
    case 'CNAME':
    case 'NS':
      return record.value
    case 'MX':
      return { preference: record.preference, exchange: record.exchange }
    case 'TXT':
      return stringsOf(record.text)
    case 'SRV':
      return { priority: record.priority, weight: record.weight, port: record.port, target: record.target }
    case 'TLSA':
      return {
        usage: record.usage,
        selector: record.selector,
        matchingType: record.matching,
        certificate: Buffer.from(record.data, 'hex'),
      }
    case 'SOA':
      return { ...record, mname: record.primary, rname: record.mailbox }
    default:
      return record satisfies never
  }
}

/** A TXT record is a list of strings of at most 255 bytes, which readers join: RFC 7208 §3.3. */
function stringsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text)
  const strings = [bytes.subarray(0, 255)]
  for (let at = 255; at < bytes.length; at += 255) strings.push(bytes.subarray(at, at + 255))
  return strings
}

/** What the library makes of the data of these types. */
type Wire = {
  MX: { preference: number; exchange: string }
  TXT: Buffer[]
  SRV: { priority: number; weight: number; port: number; target: string }
  TLSA: { usage: number; selector: number; matchingType: number; certificate: Buffer }
  SOA: {
    mname: string
    rname: string
    serial: number
    refresh: number
    retry: number
    expire: number
    minimum: number
  }
}

function fromWire({ name: wireName, ttl = 0, type, data }: packet.Answer): DnsRecord[] {
  const name = canonicalName(wireName)
  switch (type) {
    case 'A':
    case 'AAAA':
    case 'PTR':
    case 'CNAME':
    case 'NS':
      return [{ name, ttl, type, value: data as string }]
    case 'MX':
      return [{ name, ttl, type, ...(data as Wire['MX']) }]
    case 'TXT':
      return [{ name, ttl, type, text: Buffer.concat(data as Wire['TXT']).toString() }]
    case 'SRV': {
      const { priority, weight, port, target } = data as Wire['SRV']
      return [{ name, ttl, type, priority, weight, port, target }]
    }
    case 'TLSA': {
      const { usage, selector, matchingType, certificate } = data as Wire['TLSA']
      return [{ name, ttl, type, usage, selector, matching: matchingType, data: certificate.toString('hex') }]
    }
    case 'SOA': {
      const { mname, rname, ...times } = data as Wire['SOA']
      return [{ name, ttl, type, primary: mname, mailbox: rname, ...times }]
    }
    default:
      return []
  }
}
