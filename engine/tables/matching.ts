/**
 * Match lists: `mydestination`, `relay_domains`, `mynetworks` and all others that mix names, networks, files and
 * tables. The first item that fits decides; `!` makes it a no.
 *
 * postconf(5); "HOST AND DOMAIN LISTS".
 */
import { contains, readIpAddress, readNetwork } from './network.ts'
import type { ParentStyle } from './search.ts'
import type { Table } from './table.ts'

export type MatchWorld = {
  readonly open: (name: string) => Table
  /** The text of a file that an item names; null when it cannot be read. */
  readonly readFile: (path: string) => Promise<string | null>
}

export type MatchResult =
  /** `item`: what in the list decided. */
  | { readonly kind: 'yes' | 'no'; readonly item: string | null }
  | { readonly kind: 'unavailable'; readonly reason: string }

type Decide = (item: string) => Promise<boolean | { readonly reason: string }>

/** Items nest by files; no list is deeper. */
const nestingLimit = 8

/** A domain in a list of names, files and tables. With 'parents' `example.com` also takes in its subdomains. */
export function matchDomain(
  list: readonly string[],
  domain: string,
  subdomains: 'exact' | ParentStyle,
  world: MatchWorld,
): Promise<MatchResult> {
  const name = domain.toLowerCase()
  return walk(list, world, nestingLimit, async (item) => {
    if (isTableName(item)) return lookAny(world.open(item), namesToTry(name, subdomains))
    const wanted = item.toLowerCase()
    if (wanted === name) return true
    if (subdomains === 'plain') return name.endsWith(`.${wanted}`)
    return subdomains === 'dotted' && wanted.startsWith('.') && name.endsWith(wanted)
  })
}

function namesToTry(name: string, subdomains: 'exact' | ParentStyle): readonly string[] {
  if (subdomains === 'exact' || name.startsWith('[')) return [name]
  const names = [name]
  for (let dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    names.push(name.slice(subdomains === 'plain' ? dot + 1 : dot))
  }
  return names
}

/** A client in a list of host names, addresses and networks: `mynetworks`, `smtpd_authorized_xforward_hosts`. */
export function matchClient(
  list: readonly string[],
  client: { readonly name: string; readonly address: string },
  subdomains: ParentStyle,
  world: MatchWorld,
): Promise<MatchResult> {
  const address = readIpAddress(client.address)
  const name = client.name.toLowerCase()
  return walk(list, world, nestingLimit, async (item) => {
    if (isTableName(item)) {
      const table = world.open(item)
      const keys = name === 'unknown' ? [client.address] : [...namesToTry(name, subdomains), client.address]
      return lookAny(table, table.keys === 'whole' ? [...new Set([name, client.address])] : keys)
    }
    // An IPv6 address has its brackets, so that its colons are not those of a table.
    if (item.startsWith('[') || /^[\d.]+(?:\/\d+)?$/.test(item)) {
      const network = readNetwork(item.replace(/[[\]]/g, ''))
      if (!('problem' in network)) return address !== null && contains(network, address)
      if (!item.includes('/')) return false
      // Whoever wrote a network wrongly must hear of it, and must not be let in by it.
      return { reason: network.problem }
    }
    const wanted = item.toLowerCase()
    if (wanted === name) return true
    return subdomains === 'plain'
      ? name.endsWith(`.${wanted}`)
      : wanted.startsWith('.') && name.endsWith(wanted)
  })
}

/** `type:name`, and no network in brackets. */
const isTableName = (item: string): boolean => !item.startsWith('[') && item.includes(':')

async function lookAny(
  table: Table,
  keys: readonly string[],
): Promise<boolean | { readonly reason: string }> {
  for (const key of keys) {
    const result = await table.lookup(key)
    if (result.outcome === 'unavailable') return { reason: `${table.name}: table lookup problem` }
    if (result.outcome === 'found') return true
  }
  return false
}

async function walk(
  list: readonly string[],
  world: MatchWorld,
  depth: number,
  decide: Decide,
): Promise<MatchResult> {
  for (const written of list) {
    const negations = /^!*/.exec(written)?.[0].length ?? 0
    const item = written.slice(negations)
    const yes = negations % 2 === 0 ? 'yes' : 'no'
    if (item.startsWith('/')) {
      const text = await world.readFile(item)
      if (text === null)
        return { kind: 'unavailable', reason: `open file ${item}: No such file or directory` }
      if (depth === 0) return { kind: 'unavailable', reason: `${item}: files nested too deeply` }
      const inner = await walk(fileItems(text), world, depth - 1, decide)
      if (inner.kind === 'unavailable') return inner
      if (inner.item !== null) return { kind: inner.kind === 'yes' ? yes : flip(yes), item: inner.item }
      continue
    }
    const decided = await decide(item)
    if (typeof decided === 'object') {
      return { kind: 'unavailable', reason: decided.reason }
    }
    if (decided) return { kind: yes, item: written }
  }
  return { kind: 'no', item: null }
}

const flip = (kind: 'yes' | 'no'): 'yes' | 'no' => (kind === 'yes' ? 'no' : 'yes')

const fileItems = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => !/^\s*(?:#|$)/.test(line))
    .flatMap((line) => line.split(/[\s,]+/))
    .filter((item) => item !== '')
