/**
 * The right-hand side of an alias, of a .forward and of an :include: file: addresses, commands, files and lists. It is
 * read as a list of addresses, and what an "address" begins with says what it is.
 *
 * aliases(5): `alice, "|/usr/bin/vacation alice", /var/mail/archive, :include:/etc/list`.
 */
import { addressesIn, readAddressList } from '#protocol/message/address-list.ts'

export type Target =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'file'; readonly path: string }
  /** `~/mail`: in the user's home. */
  | { readonly kind: 'home file'; readonly path: string }
  | { readonly kind: 'include'; readonly path: string }

/** One line or value. */
export const readTargets = (text: string): readonly Target[] =>
  addressesIn(readAddressList(text)).map(targetOf)

/** A file of them: each line by itself, `#` begins a line of comment. */
export const readTargetFile = (text: string): readonly Target[] =>
  text.split(/(?<=\n)/).flatMap((line) => (line.startsWith('#') ? [] : readTargets(line.replace('\n', ' '))))

function targetOf(address: string): Target {
  if (address.startsWith('/')) return { kind: 'file', path: address }
  if (address.startsWith('~/')) return { kind: 'home file', path: address.slice(1) }
  if (address.startsWith('|')) return { kind: 'command', command: address.slice(1).trimStart() }
  const include = /^:include:(.*)$/is.exec(address)
  if (include) return { kind: 'include', path: include[1] ?? '' }
  return { kind: 'address', address }
}
