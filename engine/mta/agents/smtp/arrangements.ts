/**
 * What is arranged for one destination before it is talked to: how much TLS, which login, which names it may see.
 *
 * smtp_tls_policy_maps, smtp_sasl_password_maps, smtp_generic_maps; postconf(5).
 */
import type { Machine } from '#engine/machine.ts'
import { headerEnd } from '#protocol/message/header.ts'
import type { Table } from '#tables/table.ts'
import { MappingUnavailable } from '../../addressing.ts'
import { AgentDied, type DeliveryRequest } from '../../handover.ts'
import type { Peer } from './session.ts'
import type { ClientSettings } from './settings.ts'
import { tlsPolicy, type TlsPolicy } from './tls-policy.ts'

export type Lookup = (parameter: string, key: string) => Promise<string | null>

export async function security(
  settings: ClientSettings,
  nexthop: string,
  { lookup, machine }: { readonly lookup: Lookup; readonly machine: Machine },
): Promise<{ readonly authorities: readonly Buffer[]; readonly tls: TlsPolicy }> {
  const { tls } = settings
  const maps = `${settings.protocol}_tls_policy_maps`
  let policy: string | null = null
  let unasked: string | null = null
  try {
    for (const key of tls.policyMaps === '' ? [] : policyKeys(nexthop)) policy ??= await lookup(maps, key)
  } catch (error) {
    if (!(error instanceof MappingUnavailable)) throw error
    unasked = `${maps}, next-hop destination "${nexthop}": policy table lookup error`
  }
  const bare = /^\[?([^\]:]*)/.exec(nexthop)?.[1] ?? nexthop
  const authorities =
    tls.authorityFile === ''
      ? []
      : await machine.disk.read(tls.authorityFile).then(
          (bytes) => [Buffer.from(bytes)],
          () => [],
        )
  const found = tlsPolicy({
    level: tls.level,
    policy,
    nexthop: bare,
    verifyMatch: tls.verifyMatch,
    secureMatch: tls.secureMatch,
    fingerprints: tls.fingerprints,
    digest: tls.digest,
  })
  return { authorities, tls: unasked === null ? found : { ...found, mistake: unasked } }
}

/** The next hop as it is written, then `.example.org` for each domain above it. */
function policyKeys(nexthop: string): readonly string[] {
  const keys = [nexthop.toLowerCase()]
  if (nexthop.startsWith('[')) return keys
  for (let dot = nexthop.indexOf('.'); dot >= 0; dot = nexthop.indexOf('.', dot + 1)) {
    keys.push(nexthop.slice(dot).toLowerCase())
  }
  return keys
}

export async function credentialsFor(
  settings: ClientSettings,
  sender: string,
  nexthop: string,
  peer: Peer,
  lookup: Lookup,
): Promise<{ readonly user: string; readonly password: string } | null> {
  const { sasl } = settings
  if (!sasl.enabled || sasl.passwordMaps === '') return null
  const keys = [...(sasl.perSender ? [sender] : []), peer.name, nexthop]
  for (const key of keys) {
    const value = key === '' ? null : await lookup(`${settings.protocol}_sasl_password_maps`, key)
    if (value === null || value === '') continue
    const colon = value.indexOf(':')
    return colon < 0
      ? { user: value, password: '' }
      : { user: value.slice(0, colon), password: value.slice(colon + 1) }
  }
  return null
}

export async function genericAddresses(
  settings: ClientSettings,
  request: DeliveryRequest,
  generic: (address: string) => Promise<string>,
): Promise<(address: string) => string> {
  if (settings.genericMaps === '') return (address) => address
  const mapped = new Map<string, string>()
  const { sender } = request.queueFile
  for (const address of [sender, ...request.recipients.map((recipient) => recipient.address)]) {
    if (address !== '') mapped.set(address, await generic(address))
  }
  return (address) => mapped.get(address) ?? address
}

/** smtp_reply_filter: a line that the table knows is understood as the table says. */
export function replyFilter(settings: ClientSettings, lookup: Lookup): (line: string) => Promise<string> {
  return async (line) => (await lookup(settings.replyFilter, line)) ?? line
}

/** smtp_discard_ehlo_keywords, or for this address smtp_discard_ehlo_keyword_address_maps. */
export async function discardedKeywords(
  settings: ClientSettings,
  address: string,
  lookup: Lookup,
): Promise<ReadonlySet<string>> {
  const list = (await lookup(settings.discardedKeywordMaps, address)) ?? settings.discardedKeywords
  return new Set(list.split(/[\s,]+/).map((word) => word.toUpperCase()))
}

/** Whether a letter needs a server that knows SMTPUTF8: who asked for it has sent something that ASCII cannot say. */
export async function needsUtf8(request: DeliveryRequest, addresses: readonly string[]): Promise<boolean> {
  if (!request.queueFile.envelope.smtputf8) return false
  if (addresses.some((address) => /[^\u0000-\u007f]/.test(address))) return true
  const content = await request.content()
  return content.subarray(0, headerEnd(content)).some((byte) => byte > 0x7f)
}

/** smtp_sasl_mechanism_filter: the first item that fits decides. */
export function mechanismFilter(
  { sasl }: ClientSettings,
  open: (table: string) => Table,
): (mechanism: string) => Promise<boolean> {
  return async (mechanism) => {
    if (sasl.mechanisms.length === 0) return true
    for (const item of sasl.mechanisms) {
      const wanted = item.replace(/^!/, '')
      const fits = wanted.includes(':')
        ? (await open(wanted).lookup(mechanism.toLowerCase())).outcome === 'found'
        : wanted.toUpperCase() === mechanism
      if (fits) return wanted === item
    }
    return false
  }
}

/** A policy that makes no sense: the letter waits until somebody mends it. */
export function badPolicy(
  { protocol: daemon }: ClientSettings,
  nexthop: string,
  peer: Peer,
  mistake: string,
  { emit }: Machine,
) {
  const text = 'client TLS configuration problem'
  const warn = (why: string) => emit({ type: 'daemon.logged', daemon, level: 'warning', text: why })
  warn(mistake)
  warn(`TLS policy lookup for ${nexthop}/${peer.name}: ${text}`)
  return { status: '4.7.5', text, rest: {} }
}

/** Longer than a letter waits for a daemon that dies as often as it is started. */
const whole = 3_600_000

/** master(8) starts the daemon again and again; qmgr waits for an answer, and at last gives up. */
export async function neverStarts(daemon: string, problem: string, machine: Machine): Promise<never> {
  machine.emit({ type: 'daemon.logged', daemon, level: 'fatal', text: problem })
  machine.emit({
    type: 'daemon.logged',
    daemon: 'master',
    level: 'warning',
    text: `/usr/lib/postfix/sbin/${daemon}: bad command startup -- throttling`,
  })
  await machine.clock.sleep(whole)
  throw new AgentDied()
}
