/** IP addresses as text. */
import { isIPv4, isIPv6 } from 'node:net'

/** One spelling for each address: IPv6 in lower case and shortened, IPv4 out of its IPv6 dress. RFC 5952 §4. */
export function canonicalAddress(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const url = `http://[${address.replace(/%.*$/, '')}]/`
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address.toLowerCase()
}

export function isAddress(text: string): boolean {
  return isIPv4(text) || isIPv6(text)
}

/** The name under which DNS keeps the name of an address: 10.2.0.192.in-addr.arpa. RFC 1035 §3.5, RFC 3596 §2.5. */
export function reverseName(address: string): string {
  if (isIPv4(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`
  const [left = '', right] = canonicalAddress(address).split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(left), groups(right ?? '')]
  const zeros = right === undefined ? 0 : 8 - before.length - after.length
  const all = [...before, ...Array<string>(zeros).fill('0'), ...after]
  const digits = all.map((group) => group.padStart(4, '0')).join('')
  return `${Array.from(digits).reverse().join('.')}.ip6.arpa`
}
