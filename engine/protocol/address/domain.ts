/**
 * What may stand right of the `@`: a host name of letters, digits and hyphens, or an address in brackets.
 * As lenient as Postfix: an underscore passes; a name of digits only does not.
 *
 * RFC 1123 §2.1; RFC 5321 §4.1.2 (Domain), §4.1.3 (address literals); U-labels: RFC 6531 §3.3.
 */
import { isAscii } from '#protocol/bytes/text.ts'

export type DomainLimits = { readonly smtputf8: 'yes' | 'no' }

const label = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/i

export function isHostname(name: string, limits: DomainLimits = { smtputf8: 'no' }): boolean {
  if (name === '' || name.length > 255) return false
  if (!isAscii(name) && limits.smtputf8 === 'no') return false
  const labels = name.split('.')
  const wellFormed = labels.every((text) => text.length > 0 && text.length <= 63 && isLabel(text))
  return wellFormed && /[^0-9.]/.test(name)
}

const isLabel = (text: string) =>
  // What is not ASCII is an IDN label: its characters are the registry's business.
  isAscii(text) ? label.test(text) : !/[\s\p{Cc}]/u.test(text)

/** `192.0.2.1`; no leading zeros are asked for, as inet_pton does not allow them either. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

export function isIpv6(text: string): boolean {
  if (text.length > 45 || !/^[0-9a-f:.]+$/i.test(text)) return false
  const halves = text.split('::')
  if (halves.length > 2) return false

  const groupsOf = (half: string) => (half === '' ? [] : half.split(':'))
  const groups = halves.flatMap(groupsOf)
  const last = groups.at(-1)
  const hasIpv4 = last?.includes('.') === true
  if (hasIpv4 && !isIpv4(last)) return false
  const plain = hasIpv4 ? groups.slice(0, -1) : groups
  if (!plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false

  const count = plain.length + (hasIpv4 ? 2 : 0)
  return halves.length === 2 ? count < 8 : count === 8
}

/** `[192.0.2.1]` or `[IPv6:2001:db8::1]`. */
export function isAddressLiteral(text: string): boolean {
  const inside = /^\[(.*)\]$/.exec(text)?.[1]
  if (inside === undefined) return false
  return /^IPv6:/i.test(inside) ? isIpv6(inside.slice(5)) : isIpv4(inside)
}

/** Domain or address literal, a dot at the end forgiven. */
export const isMailDomain = (domain: string, limits: DomainLimits): boolean =>
  domain.startsWith('[') ? isAddressLiteral(domain) : isHostname(domain.replace(/\.$/, ''), limits)
