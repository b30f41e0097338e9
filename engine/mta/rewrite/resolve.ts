/**
 * Where mail for a recipient goes: its address class, the transport and the next hop. Asked by smtpd before it accepts
 * and by the queue manager before it delivers; it remembers nothing between.
 *
 * ADDRESS_CLASS_README; trivial-rewrite(8). Next: engine/mta/qmgr/routing.ts
 */
import { quoteLocalPart } from '#protocol/message/address-list.ts'
import type { Settings } from '#config/settings.ts'
import { joinAddress, splitAddress } from '#tables/address.ts'
import { search, senderKeys } from '#tables/search.ts'
import type { Postfix } from '../postfix.ts'
import { findAddress } from './find-address.ts'
import { isOwnDomain } from './own-domain.ts'
import { rewriteAddress, withoutFinalDot } from './rewrite-address.ts'
import { applyTransport, findTransport, splitTransport, type Way } from './transport-map.ts'
import { decided, foundIn, inDomainList, inList } from './world.ts'
import { isValidHostname } from '#tables/hostname.ts'
import { readIpAddress } from '#tables/network.ts'

export type AddressClass = 'local' | 'virtual-alias' | 'virtual-mailbox' | 'relay' | 'default'

export type Resolved = {
  readonly addressClass: AddressClass
  readonly transport: string
  readonly nexthop: string
  /** user@domain, internal form; own domains and routing operators worked off. */
  readonly recipient: string
  /** In the words of a learner: what decided. */
  readonly why: string
  readonly flags: {
    /** The local part still holds `@`, `%` or `!`: another host would be asked to route it. */
    readonly routed: boolean
    /** The domain can be no domain. */
    readonly malformed: boolean
  }
}

/** Throws MappingUnavailable when a table that is needed cannot be asked. */
export async function resolveAddress(address: string, sender: string, postfix: Postfix): Promise<Resolved> {
  const { settings } = postfix
  const { localPart, domain, own, named } = await workOffOwnDomains(address, postfix)
  const recipient = joinAddress(localPart, domain)
  const first = recipient.search(/[@!%]/)
  const flags = {
    routed: recipient.slice(first + 1) !== domain,
    malformed: own ? !named : !isPossibleDomain(domain),
  }
  const classified = own ? localClass(postfix, domain) : await remoteClass(domain, sender, postfix)
  let { transport, nexthop, why } = classified

  const row = await findTransport(recipient, postfix)
  if (row) {
    const way = applyTransport(row.value, { transport, nexthop }, domain)
    if (way.transport !== transport || way.nexthop !== nexthop) why = `${rowName(row)} in transport_maps`
    ;({ transport, nexthop } = way)
  }
  const moved = await findAddress('relocated_maps', recipient, postfix)
  if (moved) {
    transport = 'error'
    nexthop = `5.1.6 User has moved to ${moved.value}`
    why = `${rowName(moved)} in relocated_maps`
  }
  if (localPart.startsWith('-') && !settings.flag('allow_min_user')) {
    transport = 'error'
    nexthop = '5.1.3 Bad user address syntax'
    why = 'allow_min_user'
  }
  return { addressClass: classified.addressClass, transport, nexthop, recipient, why, flags }
}

const rowName = ({ table, key, line }: { table: string; key: string; line?: number }): string =>
  line === undefined ? `${key} of ${table}` : `${key} (line ${line}) of ${table}`

type Site = {
  readonly localPart: string
  readonly domain: string
  readonly own: boolean
  /** Whether something stood behind the last `@` that was looked at. */
  readonly named: boolean
}

/** Each round takes off one domain that is ours, and looks what the local part then says. */
async function workOffOwnDomains(address: string, postfix: Postfix): Promise<Site> {
  const { settings } = postfix
  let { localPart, domain } = splitAddress(address)
  let taken: string | null = null
  // Bounded by the operators in an address: each round uses up one.
  for (let round = 0; round < 100; round++) {
    if (domain !== null) {
      const name = bracketed(withoutFinalDot(domain), settings)
      if (name !== '' && !(await isOwnDomain(name, postfix)))
        return { localPart, domain: name, own: false, named: true }
      // A final `@` with nothing behind it: nothing was named.
      if (name !== '' || !settings.flag('resolve_null_domain')) taken = name
    }
    const inner = routeInside(localPart, postfix)
    if (inner === null) break
    ;({ localPart, domain } = splitAddress(rewriteAddress(inner, 'local', settings)))
  }
  if (localPart === '') localPart = settings.text('empty_address_recipient') || 'MAILER-DAEMON'
  const named = domain !== '' || settings.flag('resolve_null_domain')
  return { localPart, domain: taken ?? settings.text('myhostname'), own: true, named }
}

/** resolve_numeric_domain: who writes `user@192.0.2.1` means the host with this address. */
const bracketed = (domain: string, settings: Settings): string =>
  /^\d+\.\d+\.\d+\.\d+$/.test(domain) && settings.flag('resolve_numeric_domain') ? `[${domain}]` : domain

/**
 * The address that a local part hides: `user%host`, `host!user`, or, cracked open, `"user@host"`.
 * Without this a relay that trusts us would be abused through us.
 */
function routeInside(localPart: string, { settings }: Postfix): string | null {
  const quoted = quoteLocalPart(localPart) !== localPart
  if (quoted && !settings.flag('resolve_dequoted_address')) return null
  if (quoted && localPart.includes('@')) return localPart
  const percent = settings.flag('allow_percent_hack') && localPart.includes('%')
  const bang = settings.flag('swap_bangpath') && localPart.includes('!')
  if (!percent && !bang) return null
  if (!quoted) return localPart
  const at = localPart.lastIndexOf(percent ? '%' : '!')
  return percent
    ? `${localPart.slice(0, at)}@${localPart.slice(at + 1)}`
    : `${localPart.slice(at + 1)}@${localPart.slice(0, at)}`
}

type Classified = Way & { readonly addressClass: AddressClass; readonly why: string }

function localClass({ settings }: Postfix, domain: string): Classified {
  const way = withNexthop(settings.text('local_transport'), domain)
  return { ...way, addressClass: 'local', why: `${domain} is in mydestination: local_transport` }
}

async function remoteClass(domain: string, sender: string, postfix: Postfix): Promise<Classified> {
  const { settings, machine } = postfix
  const listed = async (parameter: string) =>
    decided(await inList(postfix, parameter, domain), parameter, domain)

  if (await listed('virtual_alias_domains')) {
    for (const other of ['virtual_mailbox_domains', 'relay_domains']) {
      if (settings.list(other).some((item) => item.toLowerCase() === domain.toLowerCase())) {
        const text = `do not list domain ${domain} in BOTH virtual_alias_domains and ${other}`
        machine.emit({ type: 'daemon.logged', daemon: 'trivial-rewrite', level: 'warning', text })
      }
    }
    const where = settings.flag('show_user_unknown_table_name') ? ' in virtual alias table' : ''
    return {
      addressClass: 'virtual-alias',
      transport: 'error',
      nexthop: `5.1.1 User unknown${where}`,
      why: `${domain} is in virtual_alias_domains, and no virtual_alias_maps row was left to follow`,
    }
  }
  if (await listed('virtual_mailbox_domains')) {
    const way = withNexthop(settings.text('virtual_transport'), domain)
    return {
      ...way,
      addressClass: 'virtual-mailbox',
      why: `${domain} is in virtual_mailbox_domains: virtual_transport`,
    }
  }
  const relay = decided(await inDomainList(postfix, 'relay_domains', domain), 'relay_domains', domain)
  const transport = relay
    ? { value: settings.text('relay_transport'), why: `${domain} is in relay_domains: relay_transport` }
    : await defaultTransport(domain, sender, postfix)
  const hop = await relayHost(domain, sender, postfix)
  const way = withNexthop(transport.value, hop.nexthop)
  const why = way.nexthop === hop.nexthop && hop.why !== null ? `${transport.why}, ${hop.why}` : transport.why
  return { ...way, addressClass: relay ? 'relay' : 'default', why }
}

/** `relay:[host]` in main.cf: its own next hop goes before any other. */
function withNexthop(value: string, otherwise: string): Way {
  const { transport, nexthop } = splitTransport(value)
  return { transport, nexthop: nexthop === '' ? otherwise : nexthop }
}

async function defaultTransport(domain: string, sender: string, postfix: Postfix) {
  const { settings } = postfix
  const key = sender === '' ? settings.text('empty_address_default_transport_maps_lookup_key') : sender
  const row = await bySender('sender_dependent_default_transport_maps', key, postfix)
  return row
    ? { value: row.value, why: `${rowName(row)} in sender_dependent_default_transport_maps` }
    : { value: settings.text('default_transport'), why: `${domain} is no domain of ours: default_transport` }
}

async function relayHost(domain: string, sender: string, postfix: Postfix) {
  const { settings } = postfix
  const key = sender === '' ? settings.text('empty_address_relayhost_maps_lookup_key') : sender
  const row = await bySender('sender_dependent_relayhost_maps', key, postfix)
  if (row) return { nexthop: row.value, why: `${rowName(row)} in sender_dependent_relayhost_maps` }
  const relayhost = settings.text('relayhost')
  return relayhost === '' ? { nexthop: domain, why: null } : { nexthop: relayhost, why: 'relayhost' }
}

async function bySender(parameter: string, sender: string, { settings, tables }: Postfix) {
  const maps = settings.list(parameter).map((name) => tables.open(name))
  const keys = senderKeys(sender, settings.text('recipient_delimiter'))
  const row = foundIn(await search(maps, keys), sender)
  return row === null || row.value.toUpperCase() === 'DUNNO' ? null : row
}

function isPossibleDomain(domain: string): boolean {
  const literal = /^\[(?:IPv6:)?(.*)\]$/i.exec(domain)?.[1]
  return literal === undefined ? isValidHostname(domain) : readIpAddress(literal) !== null
}
