/**
 * Looks an address up in a list of tables: user+ext@domain, user@domain, user for our own domains, @domain.
 * And maps it: what the row says becomes addresses again.
 *
 * canonical(5); virtual(5); ADDRESS_REWRITING_README.
 */
import { joinAddress, splitAddress, stripExtension } from '#tables/address.ts'
import { readAddressList } from '#tables/address-list.ts'
import type { Substitution } from '#tables/table.ts'
import { addressKeys, search, type Found, type Search } from '#tables/search.ts'
import { EmptyResult, MappingUnavailable } from '../addressing.ts'
import type { Postfix } from '../postfix.ts'
import { isOwnDomain } from './own-domain.ts'
import { rewriteAddress } from './rewrite-address.ts'
import { foundIn } from './world.ts'

/** The row for an address in the tables of a parameter, or null. Throws MappingUnavailable. */
export async function findAddress(
  parameter: string,
  address: string,
  postfix: Postfix,
): Promise<Found | null> {
  const searched = await searchAddress(postfix.settings.list(parameter), address, postfix)
  refuseEmpty(searched, { parameter, daemon: 'cleanup', postfix })
  return foundIn(searched, address)
}

/** The same with every key that was tried. `names`: the tables. */
export async function searchAddress(
  names: readonly string[],
  address: string,
  postfix: Postfix,
  substitution: Substitution = 'allowed',
): Promise<Search> {
  if (names.length === 0) return { tried: [], result: { kind: 'absent' } }
  const { settings, tables } = postfix
  const { domain } = splitAddress(address)
  const local =
    domain !== null &&
    (domain.toLowerCase() === settings.text('myorigin').toLowerCase() || (await isOwnDomain(domain, postfix)))
  const keys = addressKeys(address, { delimiters: settings.text('recipient_delimiter'), local })
  return search(
    names.map((name) => tables.open(name, substitution)),
    keys,
  )
}

/** Postfix does not take a row without a value for an answer. maps(3) */
export function refuseEmpty(
  { result }: Search,
  asked: { readonly parameter: string; readonly daemon: string; readonly postfix: Postfix },
  Refused: typeof MappingUnavailable = EmptyResult,
): void {
  if (result.kind !== 'found' || result.found.value !== '') return
  const { parameter, daemon, postfix } = asked
  const key = result.found.asked
  for (const text of [
    `${parameter} lookup of ${key} returns an empty string result`,
    `${parameter} should return NO RESULT in case of NOT FOUND`,
  ]) {
    postfix.machine.emit({ type: 'daemon.logged', daemon, level: 'warning', text })
  }
  throw new Refused(parameter, key)
}

export type Mapped = { readonly addresses: readonly string[]; readonly row: Found }

/** What the tables make of an address; null when no row fits. `what`: its name in propagate_unmatched_extensions. */
export async function mapAddress(
  parameter: string,
  what: 'canonical' | 'virtual' | 'generic',
  address: string,
  postfix: Postfix,
): Promise<Mapped | null> {
  const row = await findAddress(parameter, address, postfix)
  if (!row) return null
  const { settings } = postfix
  const bare = stripExtension(address, settings.text('recipient_delimiter'))
  const propagate = settings.list('propagate_unmatched_extensions').includes(what)
  // A key with the extension used it up; one without leaves it for the result.
  const unmatched = bare && propagate && !matchedWhole(row, address) ? bare.extension : ''

  const value = row.value.startsWith('@')
    ? joinAddress(
        splitAddress(bare && unmatched !== '' ? bare.address : address).localPart,
        row.value.slice(1),
      )
    : row.value
  const members = row.value.startsWith('@') ? [value] : readAddressList(value)
  return {
    row,
    addresses: members.map((member) => withExtension(rewriteAddress(member, 'local', settings), unmatched)),
  }
}

/** Asked with its extension, a row used the extension up. */
const matchedWhole = ({ asked }: Found, address: string): boolean =>
  asked === address || asked === splitAddress(address).localPart

function withExtension(address: string, extension: string): string {
  if (extension === '') return address
  const { localPart, domain } = splitAddress(address)
  return joinAddress(`${localPart}${extension}`, domain)
}
