/** /etc/hosts: addresses and their names, the first of a line being the canonical one. hosts(5). */
import { canonicalAddress, isAddress } from './addresses.ts'
import { canonicalName } from './zone-lookup.ts'

export type HostsFile = {
  readonly addressesOf: ReadonlyMap<string, readonly string[]>
  readonly nameOf: ReadonlyMap<string, string>
}

export function parseHostsFile(text: string): HostsFile {
  const addressesOf = new Map<string, string[]>()
  const nameOf = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [first = '', ...names] = line
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '')
    if (!isAddress(first)) continue
    const address = canonicalAddress(first)
    for (const name of names.map(canonicalName)) {
      if (!nameOf.has(address)) nameOf.set(address, name)
      const others = addressesOf.get(name) ?? []
      if (!others.includes(address)) addressesOf.set(name, [...others, address])
    }
  }
  return { addressesOf, nameOf }
}
