/** Which host of a lab has which address, and from which of its own a host speaks. RFC 1122 §3.2.1.3 for 127/8. */

import { canonicalAddress } from '#platform/addresses.ts'

export type NetworkHost = { readonly name: string; readonly addresses: readonly string[] }

export type AddressBook = {
  /** The host that answers at an address when `asker` calls it; null when none does. */
  hostAt(address: string, asker: string | null): string | null
  /** The address from which a host speaks to another address; null when it has none of that family. */
  sourceFor(host: string, address: string): string | null
  owns(host: string, address: string): boolean
}

export function addressBook(hosts: readonly NetworkHost[]): AddressBook {
  const owners = new Map<string, string>()
  for (const host of hosts) {
    for (const address of host.addresses) {
      const owner = owners.get(canonicalAddress(address))
      if (owner !== undefined) throw new Error(`${owner} and ${host.name} both have the address ${address}`)
      owners.set(canonicalAddress(address), host.name)
    }
  }
  const addressesOf = new Map(hosts.map((host) => [host.name, host.addresses.map(canonicalAddress)]))

  return {
    hostAt(address, asker) {
      if (asker !== null && (address === '127.0.0.1' || address === '::1')) return asker
      const owner = owners.get(address)
      if (owner !== undefined) return owner
      return isLoopback(address) ? asker : null
    },
    sourceFor(host, address) {
      if (isLoopback(address) && !owners.has(address)) return address
      const own = addressesOf.get(host) ?? []
      if (own.includes(address) || address === '127.0.0.1' || address === '::1') return address
      return own.find((candidate) => candidate.includes(':') === address.includes(':')) ?? null
    },
    owns: (host, address) => owners.get(address) === host || isLoopback(address),
  }
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}
