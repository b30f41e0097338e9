/**
 * Which keys are tried for an address, a host or a client, and in what order. Types answer one key; this chooses keys.
 *
 * access(5), canonical(5), virtual(5), transport(5), generic(5), relocated(5).
 */
import { splitAddress, splitExtension, stripExtension } from './address.ts'
import type { LookupResult, Table } from './table.ts'

/** A key, and whether it is the thing itself or a part of it: patterns and networks are tried with the whole only. */
export type Key = { readonly key: string; readonly part: 'whole' | 'part' }

export type Tried = { readonly table: string; readonly key: string; readonly result: LookupResult }

export type Found = {
  readonly table: string
  /** The row's own key, or its pattern. */
  readonly key: string
  /** The key that was asked. */
  readonly asked: string
  readonly value: string
  readonly line?: number
}

/** Every key that was tried, and the row that answered. */
export type Search = {
  readonly tried: readonly Tried[]
  readonly result:
    { readonly kind: 'found'; readonly found: Found } | { readonly kind: 'absent' } | Unavailable
}

export type Unavailable = { readonly kind: 'unavailable'; readonly table: string; readonly reason: string }

const whole = (key: string): Key => ({ key, part: 'whole' })
const part = (key: string): Key => ({ key, part: 'part' })

/** Whether `example.com` also matches its subdomains, or only `.example.com` does: parent_domain_matches_subdomains. */
export type ParentStyle = 'plain' | 'dotted'

/** Tries keys in order, each in every table in order, until one answers or cannot. */
export async function search(tables: readonly Table[], keys: Iterable<Key>): Promise<Search> {
  const tried: Tried[] = []
  for (const { key, part: extent } of keys) {
    if (key === '') continue
    for (const table of tables) {
      if (extent === 'part' && table.keys === 'whole') continue
      const result = await table.lookup(key)
      tried.push({ table: table.name, key, result })
      if (result.outcome === 'unavailable') {
        return { tried, result: { kind: 'unavailable', table: table.name, reason: result.reason } }
      }
      if (result.outcome === 'found') {
        const found = { table: table.name, key: result.key ?? key, asked: key, value: result.value }
        const { line } = result
        return { tried, result: { kind: 'found', found: line === undefined ? found : { ...found, line } } }
      }
    }
  }
  return { tried, result: { kind: 'absent' } }
}

/** access(5), mail addresses: user@domain, domain, its parents, user@; with and without the extension. */
export function accessAddressKeys(address: string, delimiters: string, parents: ParentStyle): readonly Key[] {
  const { localPart, domain } = splitAddress(address)
  const bare = splitExtension(localPart, delimiters)?.user
  return [
    whole(address),
    ...(bare === undefined ? [] : [part(`${bare}@${domain ?? ''}`)]),
    ...domainKeys(domain ?? '', parents).map(({ key }) => part(key)),
    part(`${localPart}@`),
    ...(bare === undefined ? [] : [part(`${bare}@`)]),
  ]
}

/** access(5), host names: the name and its parents, top-level domain included. */
export function domainKeys(domain: string, parents: ParentStyle): readonly Key[] {
  const name = domain.replace(/\.$/, '')
  const keys = [whole(name)]
  if (name.startsWith('[') || /^[\d.]+$/.test(name)) return keys
  for (let dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    keys.push(part(name.slice(parents === 'plain' ? dot + 1 : dot)))
  }
  return keys
}

/** access(5), addresses of hosts: 192.0.2.10, then 192.0.2, 192.0, 192; 2001:db8::1 likewise at its colons. */
export function hostAddressKeys(address: string): readonly Key[] {
  const delimiter = address.includes(':') ? ':' : '.'
  const keys = [whole(address)]
  let rest = address
  for (;;) {
    const cut = rest.lastIndexOf(delimiter)
    if (cut <= 0) return keys
    rest = rest.slice(0, cut)
    if (delimiter === ':') rest = rest.replace(/:+$/, '')
    if (rest === '') return keys
    keys.push(part(rest))
  }
}

export type AddressSearch = {
  readonly delimiters: string
  /** Whether the domain is this host's own: then the bare user is a key too. */
  readonly local: boolean
}

/** canonical(5), virtual(5), recipient tables: user+ext@domain, user@domain, user+ext, user, @domain. */
export function addressKeys(address: string, { delimiters, local }: AddressSearch): readonly Key[] {
  const { localPart, domain } = splitAddress(address)
  const bare = stripExtension(address, delimiters)
  const keys = [whole(address)]
  if (bare) keys.push(part(bare.address))
  if (domain !== null && local) {
    keys.push(part(localPart))
    if (bare) keys.push(part(splitAddress(bare.address).localPart))
  }
  if (domain !== null) keys.push(part(`@${domain}`))
  return keys
}

/** transport(5): user+ext@domain, user@domain, domain, its parents; `*` is for the caller, after all else. */
export function transportKeys(address: string, delimiters: string, parents: ParentStyle): readonly Key[] {
  const { domain } = splitAddress(address)
  const bare = stripExtension(address, delimiters)
  return [
    whole(address),
    ...(bare ? [part(bare.address)] : []),
    ...domainKeys(domain ?? '', parents).map(({ key }) => part(key)),
  ]
}

/** sender_dependent_relayhost_maps and its kin: user@domain, with and without extension, then @domain. */
export function senderKeys(sender: string, delimiters: string): readonly Key[] {
  const { domain } = splitAddress(sender)
  const bare = stripExtension(sender, delimiters)
  return [
    whole(sender),
    ...(bare ? [part(bare.address)] : []),
    ...(domain === null ? [] : [part(`@${domain}`)]),
  ]
}
