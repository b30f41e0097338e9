/**
 * To whom a part of dovecot.conf applies: `protocol imap { }`, `local 192.0.2.1 { }`, `local_name mx.example { }`,
 * `remote 10.0.0.0/8 { }`, one inside another.
 *
 * Dovecot 2.3, "Config file syntax", filters.
 */
import { addressBytes, inNetwork } from '#config/network.ts'

export type DovecotFilter = {
  readonly protocol: string | null
  readonly local: DovecotNetwork | null
  readonly localName: string | null
  readonly remote: DovecotNetwork | null
}

type DovecotNetwork = {
  /** As doveconf writes it: without a mask that names one address. */
  readonly text: string
  readonly bits: number
}

export const noFilter: DovecotFilter = { protocol: null, local: null, localName: null, remote: null }

const filterTypes = new Set(['protocol', 'local', 'remote', 'local_name'])

export const isFilterType = (type: string): boolean => filterTypes.has(type)

/** The filter of a section inside another filter, or what doveconf says of it. */
export function innerFilter(
  outer: DovecotFilter,
  { type, name }: { readonly type: string; readonly name: string },
): DovecotFilter | string {
  const misplaced = misplacement(outer, type)
  if (misplaced !== null) return misplaced
  switch (type) {
    case 'protocol':
      return { ...outer, protocol: name }
    case 'local_name':
      return { ...outer, localName: name }
    default: {
      const network = readNetwork(name)
      if (typeof network === 'string') return network
      const around = type === 'local' ? outer.local : outer.remote
      if (around !== null && !isInside(network, around))
        return `${type} net1 { ${type} net2 { .. } } requires net2 to be inside net1`
      return type === 'local' ? { ...outer, local: network } : { ...outer, remote: network }
    }
  }
}

/** Addresses stand outermost, then names, then protocols. */
function misplacement(outer: DovecotFilter, type: string): string | null {
  if (type === 'protocol')
    return outer.protocol === null ? null : 'Nested protocol { protocol { .. } } block not allowed'
  const around = [
    type !== 'remote' && outer.remote !== null ? 'remote' : null,
    outer.protocol !== null ? 'protocol' : null,
    type === 'local' && outer.localName !== null ? 'local_name' : null,
  ].find((kind) => kind !== null)
  if (around === undefined) return null
  return `${around} { ${type} { .. } } not allowed (use ${type} { ${around} { .. } } instead)`
}

function readNetwork(name: string): DovecotNetwork | string {
  const [written = '', mask] = name.split('/')
  const address = written === 'localhost' ? '127.0.0.1' : written.replace(/^\[(.*)\]$/, '$1')
  if (addressBytes(address) === null) return `gethostbyname(${written}) failed: Name or service not known`
  const whole = address.includes(':') ? 128 : 32
  if (mask === undefined) return { text: address, bits: whole }
  if (!/^\d{1,3}$/.test(mask) || Number(mask) > whole) return `Invalid network mask: ${mask}`
  return Number(mask) === whole
    ? { text: address, bits: whole }
    : { text: `${address}/${mask}`, bits: Number(mask) }
}

const isInside = (inner: DovecotNetwork, outer: DovecotNetwork): boolean =>
  inner.bits >= outer.bits && inNetwork(inner.text.split('/')[0] ?? '', outer.text)

/** `local 192.0.2.1`, `protocol imap`: from the outermost to the innermost. */
export function filterTitles({ protocol, local, localName, remote }: DovecotFilter): readonly string[] {
  return [
    ...(local === null ? [] : [`local ${local.text}`]),
    ...(localName === null ? [] : [`local_name ${localName}`]),
    ...(remote === null ? [] : [`remote ${remote.text}`]),
    ...(protocol === null ? [] : [`protocol ${protocol}`]),
  ]
}

/** The wider before the narrower, which counts more. */
export function compareFilters(a: DovecotFilter, b: DovecotFilter): number {
  const order = ({ protocol, local, localName, remote }: DovecotFilter): readonly number[] => [
    localName === null ? 0 : 1,
    local?.bits ?? 0,
    remote?.bits ?? 0,
    protocol === null ? 0 : 1,
  ]
  const [left, right] = [order(a), order(b)]
  const at = left.findIndex((value, i) => value !== right[i])
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0)
}

/** Whose session it is. */
export type DovecotPeer = {
  /** imap, pop3, lmtp, lda, sieve. */
  readonly protocol?: string
  readonly local?: string
  readonly localName?: string
  readonly remote?: string
}

export function filterMatches(filter: DovecotFilter, peer: DovecotPeer): boolean {
  const { protocol, local, localName, remote } = filter
  if (protocol !== null) {
    const same = protocol.startsWith('!')
      ? peer.protocol !== undefined && peer.protocol !== protocol.slice(1)
      : peer.protocol === protocol
    if (!same) return false
  }
  if (local !== null && (peer.local === undefined || !inNetwork(peer.local, local.text))) return false
  if (remote !== null && (peer.remote === undefined || !inNetwork(peer.remote, remote.text))) return false
  return localName === null || namesHost(localName, peer.localName)
}

/** `*.example.com` stands for one label more; several names stand side by side. */
function namesHost(names: string, host: string | undefined): boolean {
  if (host === undefined) return false
  return names.split(' ').some((name) => {
    if (!name.startsWith('*.')) return name.toLowerCase() === host.toLowerCase()
    return host.toLowerCase().replace(/^[^.]+/, '*') === name.toLowerCase()
  })
}
