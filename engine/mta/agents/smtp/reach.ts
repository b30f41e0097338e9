/**
 * The way to a host: which hosts there are for a next hop, and a connection to one of them.
 *
 * smtp(8); inet_interfaces, smtp_bind_address.
 */
import type { Machine } from '#engine/machine.ts'
import type { Connection, NetError } from '#platform/net.ts'
import { findHosts, type HostsFound, type MailHost } from './hosts.ts'
import type { Nexthop } from './nexthop.ts'
import type { Peer } from './session.ts'
import type { ClientSettings } from './settings.ts'

type Usable = Exclude<Nexthop, { kind: 'broken' }>

type Ways = {
  readonly machine: Machine
  readonly ownAddresses: () => readonly string[]
  readonly queueDirectory: () => string
  readonly connectUnix: (path: string) => Promise<Connection>
}

export async function hostsOf(nexthop: Usable, settings: ClientSettings, input: Ways): Promise<HostsFound> {
  if (nexthop.kind === 'unix') {
    return { kind: 'hosts', hosts: [{ name: settings.hostname, address: nexthop.path, preference: 0 }] }
  }
  return findHosts(nexthop, input.machine, {
    families: settings.families,
    exchangers: settings.dns === 'enabled' ? 'asked' : 'not asked',
    lookup: settings.hostLookup,
    detectLoops: detectsLoops(nexthop, settings) ? 'yes' : 'no',
    ownAddresses: input.ownAddresses(),
    preferred: settings.addressPreference,
    shuffle: settings.shuffleAddresses,
    onMxFailure: settings.onMxFailure,
    onNoMxAddress: settings.onNoMxAddress,
    warn: (text) =>
      input.machine.emit({ type: 'daemon.logged', daemon: settings.protocol, level: 'warning', text }),
  })
}

/** Only at port 25 are we sure to meet ourselves. */
export const detectsLoops = (nexthop: Usable, { protocol }: ClientSettings): boolean =>
  protocol === 'smtp' && nexthop.kind === 'inet' && nexthop.port === 25

export const peerOf = ({ name, address }: MailHost, nexthop: Usable): Peer => ({
  name,
  address,
  port: nexthop.kind === 'unix' ? 0 : nexthop.port,
  label: `${name}[${address}]`,
})

const connectProblems = {
  refused: 'Connection refused',
  'timed-out': 'Connection timed out',
  unreachable: 'No route to host',
  reset: 'Connection reset by peer',
} as const

/** Why there is no connection, in the words of the log. */
export const unreachable = (nexthop: Usable, { label, port }: Peer, { code }: NetError): string =>
  nexthop.kind === 'unix'
    ? `connect to ${label}: No such file or directory`
    : `connect to ${label}:${port}: ${connectProblems[code]}`

export function connect(
  nexthop: Usable,
  host: MailHost,
  settings: ClientSettings,
  input: Ways,
): Promise<Connection> {
  if (nexthop.kind === 'unix') {
    const { path } = nexthop
    return input.connectUnix(path.startsWith('/') ? path : `${input.queueDirectory()}/${path}`)
  }
  return input.machine.net.connect(
    { address: host.address, port: nexthop.port },
    {
      timeout: settings.timeouts.connect,
      ...(settings.bindAddress === '' ? {} : { from: settings.bindAddress }),
    },
  )
}
