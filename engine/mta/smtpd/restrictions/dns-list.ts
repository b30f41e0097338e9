/**
 * Block lists and allow lists in DNS: an address backwards, or a name, under the list's domain; an A record means listed.
 *
 * RFC 5782; postconf(5): reject_rbl_client, reject_rhsbl_*, permit_dnswl_client, permit_rhswl_client, default_rbl_reply.
 */
import { SettingError } from '#config/settings.ts'
import { utf8 } from '#protocol/bytes/text.ts'
import { isValidHostname } from '#tables/hostname.ts'
import { readIpAddress } from '#tables/network.ts'
import { search } from '#tables/search.ts'
import { splitStatus } from '#mta/rewrite/known-recipient.ts'
import type { Facts } from './facts.ts'
import { expandForReply } from '../session-names.ts'
import {
  dunno,
  permit,
  postpone,
  refuse,
  type Call,
  type Outcome,
  type ReplyClass,
  type Restriction,
} from './restriction.ts'

type Subject = {
  /** What is asked for: 192.0.2.1, or a domain. */
  readonly what: string
  readonly query: string
  readonly replyClass: ReplyClass
}

export type ListQuery = { readonly domain: string; readonly filter: string | null }

/** `list.example=127.0.0.[2..4]`: only these answers count. */
export function readListQuery(argument: string): ListQuery {
  const equals = argument.indexOf('=')
  return equals < 0
    ? { domain: argument, filter: null }
    : { domain: argument.slice(0, equals), filter: argument.slice(equals + 1) }
}

/** `127.0.0.[2;4..9]` against an address. Null: the filter makes no sense. */
export function matchesFilter(filter: string, address: string): boolean | null {
  const fields = filter.match(/\[[^\]]*\]|\d+/g) ?? []
  if (fields.length !== 4 || fields.join('.') !== filter) return null
  const octets = address.split('.').map(Number)
  let all = true
  for (const [i, field] of fields.entries()) {
    const ranges = field.replace(/[[\]]/g, '').split(';')
    const octet = octets[i] ?? -1
    let fits = false
    for (const range of ranges) {
      const bounds = /^(\d{1,3})(?:\.\.(\d{1,3}))?$/.exec(range)
      if (!bounds) return null
      const from = Number(bounds[1])
      const to = bounds[2] === undefined ? from : Number(bounds[2])
      if (from > to || to > 255) return null
      if (octet >= from && octet <= to) fits = true
    }
    all &&= fits
  }
  return all
}

export function reversedAddress(address: string): string | null {
  const read = readIpAddress(address)
  if (!read) return null
  if (read.family === 4) return address.split('.').reverse().join('.')
  return Array.from(read.value.toString(16).padStart(32, '0')).reverse().join('.')
}

/** A filter that makes no sense is found out only when there is something to filter, and then smtpd ends. */
function passes(filter: string, address: string): boolean {
  const passed = matchesFilter(filter, address)
  if (passed === null)
    throw new SettingError(`RBL reply error: need decimal number 0..255 or "[" at ">${filter}<"`)
  return passed
}

type Listing = { readonly kind: 'listed'; readonly reason: string } | { readonly kind: 'clear' | 'temporary' }

async function ask(
  subject: Subject,
  { domain, filter }: ListQuery,
  facts: Facts,
  call: Call,
): Promise<Listing> {
  const name = `${subject.query}.${domain}`
  if (!isValidHostname(name)) return { kind: 'clear' }
  const answer = await facts.machine.resolver.query(name, 'A')
  const addresses = answer.records.flatMap((record) => (record.type === 'A' ? [record.value] : []))
  const listed = addresses.filter((address) => filter === null || passes(filter, address))
  call.looked([
    {
      table: domain,
      key: name,
      result: listed.length > 0 ? { outcome: 'found', value: listed.join(' ') } : { outcome: 'absent' },
    },
  ])
  if (listed.length === 0) {
    if (answer.code === 'NOERROR' || answer.code === 'NXDOMAIN') return { kind: 'clear' }
    const failure = `Host or domain name not found. Name service error for name=${name} type=A: Host not found, try again`
    call.warn(`${name}: RBL lookup error: ${failure}`)
    return { kind: 'temporary' }
  }
  const text = await facts.machine.resolver.query(name, 'TXT')
  const reason = text.records.flatMap((record) => (record.type === 'TXT' ? [record.text] : []))[0] ?? ''
  return { kind: 'listed', reason: printable(reason) }
}

async function block(subject: Subject | null, facts: Facts, call: Call): Promise<Outcome> {
  if (!subject) return dunno
  const query = readListQuery(call.argument)
  const listing = await ask(subject, query, facts, call)
  if (listing.kind !== 'listed') return dunno
  const text = await replyText(call.argument, facts, call, {
    rbl_code: String(facts.settings.number('maps_rbl_reject_code')),
    rbl_domain: query.domain,
    rbl_reason: listing.reason,
    rbl_txt: listing.reason,
    rbl_what: subject.what,
    rbl_class: subject.replyClass,
  })
  const code = /^[45]\d\d(?=\s)/.exec(text)?.[0]
  if (code === undefined) {
    call.warn(`rbl response code configuration error: ${text}`)
    return refuse(450, '4.7.1', 'Service unavailable')
  }
  const split = splitStatus(text.slice(code.length).trimStart(), '5.7.1')
  return refuse(Number(code), split.status, split.text)
}

/** rbl_reply_maps has a text for the list, with or without its filter; default_rbl_reply is for the others. */
async function replyText(
  argument: string,
  facts: Facts,
  call: Call,
  own: Readonly<Record<string, string>>,
): Promise<string> {
  const { settings, tables } = facts
  const maps = settings.list('rbl_reply_maps').map((name) => tables.open(name))
  const { tried, result } = await search(maps, [
    { key: argument, part: 'whole' },
    { key: readListQuery(argument).domain, part: 'part' },
  ])
  call.looked(tried)
  const fill = (template: string) => expandReply(template, facts, own)
  if (result.kind === 'found') {
    const expansion = fill(result.found.value)
    if (expansion.ok && expansion.undefinedNames.length === 0) return expansion.value
    const { domain } = readListQuery(argument)
    call.warn(`rbl_reject_reply: bad rbl reply template for domain ${domain}: ${result.found.value}`)
  }
  const template = settings.text('default_rbl_reply')
  const expansion = fill(template)
  if (expansion.ok && expansion.undefinedNames.length === 0) return expansion.value
  throw new SettingError(`rbl_reject_reply: bad default rbl reply template: ${template}`)
}

const expandReply = (template: string, facts: Facts, own: Readonly<Record<string, string>>) =>
  expandForReply(
    template,
    {
      client: facts.client,
      helo: facts.helo,
      sender: facts.sender,
      recipient: facts.recipient,
      myhostname: facts.settings.text('myhostname'),
      now: facts.machine.clock.now(),
      expansionFilter: facts.settings.text('smtpd_expansion_filter'),
    },
    own,
  )

/** A text from DNS on one line: what cannot be printed is a blank for each of its bytes. */
const printable = (text: string): string =>
  text.replace(/[^\x20-\x7e]/gu, (letter) => ' '.repeat(utf8(letter).length))

async function allow(subject: Subject | null, facts: Facts, call: Call): Promise<Outcome> {
  if (!subject) return dunno
  // A list for others must not open the server to all destinations: that is what mynetworks is for.
  const { recipient } = facts
  if (recipient !== null && (await facts.resolve(recipient)).addressClass === 'default') return dunno
  const listing = await ask(subject, readListQuery(call.argument), facts, call)
  if (listing.kind === 'listed') return permit
  if (listing.kind === 'clear') return dunno
  const text = `<${subject.what}>: ${subject.replyClass} rejected: Service unavailable`
  return postpone('reject', { code: 450, status: '4.7.1', text })
}

const byAddress = ({ client }: Facts): Subject | null => {
  const query = reversedAddress(client.address)
  return query === null ? null : { what: client.address, query, replyClass: 'Client host' }
}

export const blockByAddress = (facts: Facts, call: Call): Promise<Outcome> =>
  block(byAddress(facts), facts, call)

function byName(name: string | null, replyClass: ReplyClass): Subject | null {
  if (name === null || name === '' || name === 'unknown' || name.startsWith('[')) return null
  return readIpAddress(name) ? null : { what: name, query: name, replyClass }
}

function byAddressDomain(address: string | null, replyClass: ReplyClass): Subject | null {
  const at = address?.lastIndexOf('@') ?? -1
  const domain = byName(at < 0 ? null : (address?.slice(at + 1) ?? null), replyClass)
  return domain && address !== null ? { ...domain, what: address } : null
}

type Row = {
  readonly name: string
  readonly does: 'block' | 'allow'
  readonly subject: (facts: Facts) => Subject | null
}

const rows: readonly Row[] = [
  {
    name: 'reject_rbl_client',
    does: 'block',
    subject: byAddress,
  },
  {
    name: 'permit_dnswl_client',
    does: 'allow',
    subject: byAddress,
  },
  {
    name: 'reject_rhsbl_client',
    does: 'block',
    subject: ({ client }) => byName(client.name, 'Client host'),
  },
  {
    name: 'permit_rhswl_client',
    does: 'allow',
    subject: ({ client }) => byName(client.name, 'Client host'),
  },
  {
    name: 'reject_rhsbl_reverse_client',
    does: 'block',
    subject: ({ client }) => byName(client.reverseName, 'Unverified Client host'),
  },
  {
    name: 'reject_rhsbl_helo',
    does: 'block',
    subject: ({ helo }) => byName(helo, 'Helo command'),
  },
  {
    name: 'reject_rhsbl_sender',
    does: 'block',
    subject: ({ sender }) => byAddressDomain(sender, 'Sender address'),
  },
  {
    name: 'reject_rhsbl_recipient',
    does: 'block',
    subject: ({ recipient }) => byAddressDomain(recipient, 'Recipient address'),
  },
]

export const dnsListRestrictions: readonly Restriction[] = rows.map(({ name, does, subject }) => ({
  name,
  takes: 'domain',
  evaluate: (facts, call) =>
    does === 'block' ? block(subject(facts), facts, call) : allow(subject(facts), facts, call),
}))
