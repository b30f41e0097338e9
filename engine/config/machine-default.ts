/**
 * Some defaults are asked of the machine: its name, its domain, and the networks that it trusts.
 *
 * postconf(5): myhostname, mydomain, mynetworks, mynetworks_style, inet_interfaces.
 */
import { addressBytes } from '#config/network.ts'
import { splitList } from '#config/values.ts'

/** What Postfix asks the operating system. */
export type MachineFacts = {
  /** As `hostname` prints it. */
  readonly hostname: string
  /** Addresses of its interfaces, without the loopback; `192.0.2.10/24` where the network is known. */
  readonly addresses: readonly string[]
}

export function defaultHostname(facts: MachineFacts, mydomain: string | null): string {
  return facts.hostname.includes('.') ? facts.hostname : `${facts.hostname}.${mydomain ?? 'localdomain'}`
}

export function defaultDomain(myhostname: string): string {
  const dot = myhostname.indexOf('.')
  return dot < 0 ? 'localdomain' : myhostname.slice(dot + 1)
}

type Interface = { readonly family: 'ipv4' | 'ipv6'; readonly address: string; readonly prefix: number }

export type NetworksOutcome =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string }

/** The networks behind the interfaces that Postfix listens on: loopback first, IPv4 before IPv6. */
export function defaultNetworks(
  facts: MachineFacts,
  settings: { myhostname: string; style: string; inetInterfaces: string; inetProtocols: string },
): NetworksOutcome {
  const protocols = readInetProtocols(settings.inetProtocols)
  if (!protocols.ok) return protocols
  const listening = readInterfaces(facts, settings.inetInterfaces, settings.myhostname)
  if (!listening.ok) return listening

  const { style } = settings
  if (style !== 'subnet' && style !== 'host' && style !== 'class') {
    return { ok: false, message: `unknown mynetworks mask style value "${style}" in "${style}"` }
  }
  const networks = listening.interfaces
    .filter(({ family }) => protocols.families.has(family))
    .map((it) => networkOf(it, style))
  return { ok: true, value: [...new Set(networks)].join(' ') }
}

type Families =
  | { readonly ok: true; readonly families: ReadonlySet<string> }
  | { readonly ok: false; readonly message: string }

export function readInetProtocols(text: string): Families {
  const families = new Set<string>()
  for (const word of splitList(text)) {
    const lower = word.toLowerCase()
    if (lower === 'all') families.add('ipv4').add('ipv6')
    else if (lower === 'ipv4' || lower === 'ipv6') families.add(lower)
    else return { ok: false, message: `unknown inet_protocols value "${word}" in "${text}"` }
  }
  return { ok: true, families }
}

type Listening =
  | { readonly ok: true; readonly interfaces: readonly Interface[] }
  | { readonly ok: false; readonly message: string }

const loopback: readonly Interface[] = [
  { family: 'ipv4', address: '127.0.0.1', prefix: 8 },
  { family: 'ipv6', address: '::1', prefix: 128 },
]

function readInterfaces(facts: MachineFacts, text: string, myhostname: string): Listening {
  const names = [facts.hostname.toLowerCase(), myhostname.toLowerCase()]
  const known = [...loopback, ...facts.addresses.map(readInterface)]
  const own = [...known].sort((a, b) => a.family.localeCompare(b.family))
  const chosen = new Set<Interface>()
  for (const word of splitList(text)) {
    const found = own.filter((it) => matches(it, word, names))
    if (found.length === 0) return { ok: false, message: unknownInterface(word) }
    for (const it of found) chosen.add(it)
  }
  return { ok: true, interfaces: own.filter((it) => chosen.has(it)) }
}

function matches(it: Interface, word: string, names: readonly string[]): boolean {
  const name = word.toLowerCase().replace(/^\[(?:ipv6:)?(.*)\]$/, '$1')
  if (name === 'all') return true
  if (name === 'loopback-only') return loopback.includes(it)
  if (name === 'localhost') return it.address === '127.0.0.1'
  if (names.includes(name)) return !loopback.includes(it)
  return name === it.address
}

const unknownInterface = (word: string): string =>
  /^[\d.]+$|:/.test(word)
    ? `parameter inet_interfaces: no local interface found for ${word}`
    : `config variable inet_interfaces: host not found: ${word}`

function readInterface(text: string): Interface {
  const [address = '', prefix] = text.toLowerCase().split('/')
  const family = address.includes(':') ? 'ipv6' : 'ipv4'
  const usual = address.startsWith('127.') ? 8 : family === 'ipv4' ? 24 : 64
  return { family, address, prefix: prefix === undefined ? usual : Number(prefix) }
}

function networkOf(it: Interface, style: 'subnet' | 'host' | 'class'): string {
  if (it.family === 'ipv6') {
    const prefix = style === 'host' ? 128 : it.prefix
    return `[${maskIpv6(it.address, prefix)}]/${prefix}`
  }
  const prefix = style === 'host' ? 32 : style === 'class' ? classPrefix(it.address) : it.prefix
  return `${maskIpv4(it.address, prefix)}/${prefix}`
}

function classPrefix(address: string): number {
  const first = Number(address.split('.')[0])
  if (first < 128) return 8
  return first < 192 ? 16 : 24
}

function maskIpv4(address: string, prefix: number): string {
  const octets = address.split('.').map(Number)
  return octets.map((octet, i) => octet & ~(0xff >> Math.min(8, Math.max(0, prefix - 8 * i)))).join('.')
}

function maskIpv6(address: string, prefix: number): string {
  const bytes = addressBytes(address) ?? []
  const masked = bytes.map((byte, i) => byte & ~(0xff >> Math.min(8, Math.max(0, prefix - 8 * i))))
  const words = Array.from({ length: 8 }, (_, i) => ((masked[2 * i] ?? 0) << 8) | (masked[2 * i + 1] ?? 0))
  return words
    .map((word) => word.toString(16))
    .join(':')
    .replace(/(^|:)0(:0)+(:|$)/, '::')
}
