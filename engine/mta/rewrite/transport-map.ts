/**
 * transport(5): a table that says by which agent, and to which next hop, mail for an address or a domain goes.
 */
import { search, transportKeys, type Found, type Key } from '#tables/search.ts'
import type { Postfix } from '../postfix.ts'
import { refuseEmpty } from './find-address.ts'
import { MappingUnavailable, foundIn, parentStyle } from './world.ts'

export type Way = { readonly transport: string; readonly nexthop: string }

/** The row for a recipient, or null. */
export async function findTransport(recipient: string, postfix: Postfix): Promise<Found | null> {
  const { settings, tables } = postfix
  const maps = settings.list('transport_maps').map((name) => tables.open(name, 'refused'))
  if (maps.length === 0) return null
  const delimiters = settings.text('recipient_delimiter')
  const wildcard: Key = { key: '*', part: 'whole' }
  const keys = [...transportKeys(recipient, delimiters, parentStyle(settings, 'transport_maps')), wildcard]
  const searched = await search(maps, keys)
  refuseEmpty(
    searched,
    { parameter: 'transport_maps', daemon: 'trivial-rewrite', postfix },
    MappingUnavailable,
  )
  return foundIn(searched, recipient)
}

/**
 * `transport:nexthop`. Both empty: as if the row were not there; only the transport empty: it stays; only the next hop
 * empty: it becomes the recipient's domain.
 */
export function applyTransport(value: string, before: Way, domain: string): Way {
  const { transport, nexthop } = splitTransport(value)
  if (transport === '' && nexthop === '') return before
  if (transport === '') return { transport: before.transport, nexthop }
  if (nexthop !== '') return { transport, nexthop }
  const dead = transport === 'error' || transport === 'retry'
  return { transport, nexthop: dead ? 'Address is undeliverable' : domain }
}

export function splitTransport(value: string): Way {
  const colon = value.indexOf(':')
  return colon < 0
    ? { transport: value.trim(), nexthop: '' }
    : { transport: value.slice(0, colon).trim(), nexthop: value.slice(colon + 1).trim() }
}
