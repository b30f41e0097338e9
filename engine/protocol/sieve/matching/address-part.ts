/**
 * Which part of an address is looked at: `:all`, `:localpart`, `:domain`, and with subaddress `:user` and `:detail`.
 *
 * RFC 5228 §2.7.4; RFC 5233.
 */
import type { CommandCheck } from '../command-check.ts'
import type { Tag } from '../specification.ts'

export type AddressPart = 'all' | 'localpart' | 'domain' | 'user' | 'detail'

const standard: Tag = { names: ['all', 'localpart', 'domain'], family: 'ADDRESS-PART' }
const extended: Tag = { names: [...standard.names, 'user', 'detail'], family: 'ADDRESS-PART' }

export const addressPartsOf = (extensions: ReadonlySet<string>): Tag =>
  extensions.has('subaddress') ? extended : standard

export const readAddressPart = (check: CommandCheck): AddressPart =>
  (check.given(addressPartsOf(check.compilation.loaded))?.name ?? 'all') as AddressPart

export type MailAddress = { readonly localPart: string; readonly domain: string }

/** Null: the address has no such part. `delimiters`: recipient_delimiter. */
export function partOf(address: MailAddress, part: AddressPart, delimiters: string): string | null {
  const { localPart, domain } = address
  switch (part) {
    case 'all':
      return domain === '' ? localPart : `${localPart}@${domain}`
    case 'localpart':
      return localPart
    case 'domain':
      return domain
    case 'user':
    case 'detail': {
      let at = -1
      for (let i = 0; i < localPart.length && at < 0; i++)
        if (delimiters.includes(localPart.charAt(i))) at = i
      if (part === 'user') return at < 0 ? localPart : localPart.slice(0, at)
      return at < 0 ? null : localPart.slice(at + 1)
    }
    default:
      return part satisfies never
  }
}
