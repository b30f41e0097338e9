/**
 * The mappings of cleanup(8): canonical tables, masquerading, virtual aliases; and generic(5) on the way out.
 *
 * ADDRESS_REWRITING_README.
 */
import { joinAddress, splitAddress } from '#tables/address.ts'
import type { Settings } from '#config/settings.ts'
import { ExpansionRefused, type MappingPlace } from '../addressing.ts'
import type { Postfix } from '../postfix.ts'
import { mapAddress } from './find-address.ts'

export type Rewritten = { readonly address: string; readonly by: string | null }

/** sender_ or recipient_canonical_maps, canonical_maps, then masquerading, as far as each reaches this place. */
export async function canonicalMap(
  address: string,
  place: MappingPlace,
  postfix: Postfix,
): Promise<Rewritten> {
  const { settings } = postfix
  const own = place.endsWith('sender') ? 'sender_canonical' : 'recipient_canonical'
  let result: Rewritten = { address, by: null }
  for (const kind of [own, 'canonical'] as const) {
    if (!settings.list(`${kind}_classes`).includes(place)) continue
    result = await mapped(`${kind}_maps`, result, postfix)
  }
  if (!settings.list('masquerade_classes').includes(place)) return result
  const masked = masquerade(result.address, settings)
  return masked === result.address ? result : { address: masked, by: 'masquerade_domains' }
}

/** What a row says may have a row of its own, and so on. Rows that lead in circles are given up at last. */
async function mapped(parameter: string, given: Rewritten, postfix: Postfix): Promise<Rewritten> {
  let result = given
  const passed = new Set<string>()
  while (!passed.has(result.address)) {
    passed.add(result.address)
    const found = await mapAddress(parameter, 'canonical', result.address, postfix)
    const [first] = found?.addresses ?? []
    if (!found || first === undefined) return result
    const same = first.toLowerCase() === result.address.toLowerCase()
    result = { address: first, by: by(parameter, found.row) }
    if (same) return result
  }
  const unless = 'message not accepted, try again later'
  const text = `unreasonable ${parameter} map nesting for ${given.address} -- ${unless}`
  postfix.machine.emit({ type: 'daemon.logged', daemon: 'cleanup', level: 'warning', text })
  // Postfix goes round a thousand times, and stays where it is then.
  const circle = [...passed].slice([...passed].indexOf(result.address))
  const before = passed.size - circle.length
  return { address: circle[(rounds - before) % circle.length] ?? given.address, by: result.by }
}

const rounds = 1000

const by = (parameter: string, row: { table: string; key: string; line?: number }): string =>
  `${parameter}: ${row.table}${row.line === undefined ? '' : ` line ${row.line}`} (${row.key})`

/** `alice@host.example.com` → `alice@example.com`. `!` in the list keeps a domain as it is. */
export function masquerade(address: string, settings: Settings): string {
  const { localPart, domain } = splitAddress(address)
  if (domain === null) return address
  const excepted = settings.list('masquerade_exceptions').map((name) => name.toLowerCase())
  if (excepted.includes(localPart.toLowerCase())) return address
  const name = domain.toLowerCase()
  for (const item of settings.list('masquerade_domains')) {
    const keep = item.startsWith('!')
    const parent = item.replace(/^!/, '').replace(/\.$/, '').toLowerCase()
    if (name === parent) return address
    if (name.endsWith(`.${parent}`))
      return keep ? address : joinAddress(localPart, domain.slice(-parent.length))
  }
  return address
}

/** generic(5): the smtp client's last mapping, for hosts without a domain of their own. */
export async function genericMap(address: string, postfix: Postfix): Promise<Rewritten> {
  const mapped = await mapAddress('smtp_generic_maps', 'generic', address, postfix)
  const [first] = mapped?.addresses ?? []
  return mapped && first !== undefined
    ? { address: first, by: by('smtp_generic_maps', mapped.row) }
    : { address, by: null }
}

/**
 * virtual(5): replaces an address by what its row says, and each of those again, until none has a row. An address that
 * leads back to itself stays. Two limits keep a mistake in the table from filling the queue.
 */
export async function virtualAliasExpand(address: string, postfix: Postfix): Promise<readonly string[]> {
  const { settings, machine } = postfix
  const limits = {
    size: settings.number('virtual_alias_expansion_limit'),
    nesting: settings.number('virtual_alias_recursion_limit'),
    length: settings.number('virtual_alias_address_length_limit'),
  }
  const refuse = (text: string): never => {
    machine.emit({ type: 'daemon.logged', daemon: 'cleanup', level: 'warning', text })
    throw new ExpansionRefused('virtual_alias_maps', address)
  }
  const unless = 'message not accepted, try again later'
  const list = [address]
  const final = new Set<string>()
  for (let place = 0; place < list.length; place++) {
    if (list.length > limits.size) {
      return refuse(`unreasonable virtual_alias_maps map expansion size for ${address} -- ${unless}`)
    }
    for (let round = 0; ; round++) {
      const current = list[place] ?? ''
      if (final.has(current)) break
      if (round >= limits.nesting) {
        return refuse(`unreasonable virtual_alias_maps map nesting for ${address} -- ${unless}`)
      }
      const mapped = await mapAddress('virtual_alias_maps', 'virtual', current, postfix)
      const [first, ...more] = mapped?.addresses ?? []
      if (first === undefined) break
      for (const result of [first, ...more]) {
        if (result.length > limits.length) {
          return refuse(`unreasonable virtual_alias_maps result ${result.slice(0, 300)}... -- ${unless}`)
        }
        if (result.toLowerCase() === current.toLowerCase()) final.add(result)
      }
      list[place] = first
      list.push(...more)
    }
  }
  return list
}
