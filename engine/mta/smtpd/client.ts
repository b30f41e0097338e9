/**
 * Who is the client? Its address is sure; its name is only believed when the name leads back to the address.
 *
 * postconf(5): smtpd_peername_lookup, smtpd_client_restrictions (reject_unknown_client_hostname).
 */
import { isHostname } from '#protocol/address/domain.ts'
import type { Machine } from '#engine/machine.ts'

/** How far a name can be trusted: `forged` when it does not lead back to the address. */
export type NameStatus = 'ok' | 'temporary' | 'permanent' | 'forged'

export type Client = {
  /** The verified name, or `unknown`. */
  readonly name: string
  readonly address: string
  /** The address of the connection itself, which XCLIENT does not change. */
  readonly socket: string
  readonly port: number
  readonly nameStatus: NameStatus
  /** The name of the PTR record, verified or not, or `unknown`. */
  readonly reverseName: string
  readonly reverseStatus: NameStatus
}

/** `mail.example.org[192.0.2.1]`: as the log and the replies name it. */
export const namaddr = (client: { readonly name: string; readonly address: string }): string =>
  `${client.name}[${client.address}]`

export async function identify(
  machine: Machine,
  peer: { readonly address: string; readonly port: number },
  lookup: 'yes' | 'no',
): Promise<Client> {
  const unknown: Client = {
    ...peer,
    socket: peer.address,
    name: 'unknown',
    reverseName: 'unknown',
    nameStatus: 'permanent',
    reverseStatus: 'permanent',
  }
  if (lookup === 'no') return unknown

  const reverse = await machine.resolver.nameOf(peer.address)
  if (reverse.name === null || !isHostname(reverse.name)) {
    const status = reverse.temporary ? 'temporary' : 'permanent'
    return { ...unknown, nameStatus: status, reverseStatus: status }
  }
  const named: Client = { ...unknown, reverseName: reverse.name, reverseStatus: 'ok' }
  const forward = await machine.resolver.addresses(reverse.name)
  if (forward.addresses.includes(peer.address)) return { ...named, name: reverse.name, nameStatus: 'ok' }

  const missing = forward.addresses.length === 0
  const what = `hostname ${reverse.name} does not resolve to address ${peer.address}`
  const why = forward.temporary ? 'Temporary failure in name resolution' : 'Name or service not known'
  machine.emit({
    type: 'daemon.logged',
    daemon: 'smtpd',
    level: 'warning',
    text: missing ? `${what}: ${why}` : what,
  })
  if (forward.temporary) return { ...named, nameStatus: 'temporary' }
  return { ...named, nameStatus: missing ? 'permanent' : 'forged' }
}
