/**
 * IP addresses and networks as numbers: `192.0.2.0/24`, `2001:db8::/32`.
 *
 * RFC 4291 §2.2; cidr_table(5).
 */
export type IpAddress = { readonly family: 4 | 6; readonly value: bigint }

export type Network = { readonly family: 4 | 6; readonly value: bigint; readonly bits: number }

export const familyBits = (family: 4 | 6): number => (family === 4 ? 32 : 128)

/** Null when the text is no address. */
export function readIpAddress(text: string): IpAddress | null {
  if (text.length > 64) return null
  return text.includes(':') ? readIpv6(text) : readIpv4(text)
}

function readIpv4(text: string): IpAddress | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let value = 0n
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255 || (part.length > 1 && part.startsWith('0')))
      return null
    value = (value << 8n) | BigInt(part)
  }
  return { family: 4, value }
}

function readIpv6(text: string): IpAddress | null {
  let rest = text
  let tail: number[] = []
  const dotted = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted) {
    const four = readIpv4(dotted[1] ?? '')
    if (!four) return null
    tail = [Number(four.value >> 16n), Number(four.value & 0xffffn)]
    rest = text.slice(0, text.length - (dotted[1]?.length ?? 0))
    if (rest.endsWith(':') && !rest.endsWith('::')) rest = rest.slice(0, -1)
  }
  const halves = rest.split('::')
  if (halves.length > 2) return null
  const [head, end] = halves.map(readGroups)
  if (!head || end === null) return null
  const known = head.length + (end?.length ?? 0) + tail.length
  if (end === undefined ? known !== 8 : known > 7) return null
  const groups = [...head, ...Array<number>(8 - known).fill(0), ...(end ?? []), ...tail]
  return { family: 6, value: groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n) }
}

function readGroups(text: string): number[] | null {
  if (text === '') return []
  const groups = text.split(':')
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) ? groups.map((g) => parseInt(g, 16)) : null
}

/** The network of so many leading bits in which an address lies. */
export function networkOf(address: IpAddress, bits: number): Network {
  const shift = BigInt(familyBits(address.family) - bits)
  return { family: address.family, value: (address.value >> shift) << shift, bits }
}

export const contains = (network: Network, address: IpAddress): boolean =>
  network.family === address.family && networkOf(address, network.bits).value === network.value

export function writeIpAddress({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn))
  const run = longestZeroRun(groups)
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (run.length < 2) return hex(groups)
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}

export type NetworkProblem = { readonly problem: string }

/** `192.0.2.0/24`, `[2001:db8::]/32`, or one address. The problem is in Postfix's words. */
export function readNetwork(text: string): Network | NetworkProblem {
  const slash = text.indexOf('/')
  const written = slash < 0 ? text : text.slice(0, slash)
  const address = readIpAddress(written.replace(/^\[(.*)\]$/, '$1'))
  if (!address) return { problem: `bad address pattern: "${text}"` }
  const width = familyBits(address.family)
  if (slash < 0) return networkOf(address, width)
  const mask = text.slice(slash + 1).replace(/\]$/, '')
  if (!/^\d+$/.test(mask)) return { problem: `bad mask value in "${text}"` }
  if (Number(mask) > width) return { problem: `bad mask length in "${text}"` }
  const network = networkOf(address, Number(mask))
  if (network.value !== address.value) {
    const better = `${writeIpAddress(network)}/${mask}`
    return { problem: `non-null host address bits in "${text}", perhaps you should use "${better}" instead` }
  }
  return network
}
