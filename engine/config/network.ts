/** Whether an address lies in a network: `192.0.2.0/24`, `2001:db8::/32`, or one address alone. RFC 4632, RFC 4291 §2.3. */
export function inNetwork(address: string, network: string): boolean {
  const [base = '', prefix] = network.replace(/[[\]]/g, '').split('/')
  const a = addressBytes(address)
  const b = addressBytes(base)
  if (!a || a.length !== b?.length) return false
  const bits = prefix === undefined ? a.length * 8 : Number(prefix)
  return a.every((byte, i) => {
    const mask = 0xff & ~(0xff >> Math.min(8, Math.max(0, bits - 8 * i)))
    return (byte & mask) === ((b[i] ?? 0) & mask)
  })
}

/** Four or sixteen bytes; null when the text is no address. */
export function addressBytes(text: string): readonly number[] | null {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text)
}

function ipv4Bytes(text: string): readonly number[] | null {
  const octets = text.split('.')
  const good = octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) < 256)
  return good ? octets.map(Number) : null
}

function ipv6Bytes(text: string): readonly number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [before, after] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const given = (before?.length ?? 0) + (after?.length ?? 0)
  if (halves.length === 1 ? given !== 8 : given > 7) return null
  const zeros = Array.from({ length: 8 - given }, () => '0')
  const words = [...(before ?? []), ...(halves.length === 2 ? zeros : []), ...(after ?? [])]
  if (!words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return null
  return words.flatMap((word) => [parseInt(word, 16) >> 8, parseInt(word, 16) & 0xff])
}
