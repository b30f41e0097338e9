/**
 * What is arranged for one destination before it is talked to: how much TLS, which login, which names it may see.
 *
 * smtp_tls_policy_maps, smtp_sasl_password_maps, smtp_generic_maps; postconf(5).
 */
import type { Machine } from '#engine/machine.ts'
import type { DeliveryRequest } from '../../handover.ts'
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
  const policy = tls.policyMaps === '' ? null : await lookup(`${settings.protocol}_tls_policy_maps`, nexthop)
  const bare = /^\[?([^\]:]*)/.exec(nexthop)?.[1] ?? nexthop
  const authorities =
    tls.authorityFile === ''
      ? []
      : await machine.disk.read(tls.authorityFile).then(
          (bytes) => [Buffer.from(bytes)],
          () => [],
        )
  return {
    authorities,
    tls: tlsPolicy({
      level: tls.level,
      policy,
      nexthop: bare,
      verifyMatch: tls.verifyMatch,
      secureMatch: tls.secureMatch,
    }),
  }
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
