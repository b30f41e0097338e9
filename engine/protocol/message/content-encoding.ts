/**
 * Contents as they were before they were made fit for mail: base64 and quoted-printable taken away.
 *
 * RFC 2045 §6.
 */
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const base64Values = new Int16Array(256).fill(-1)
for (let i = 0; i < 64; i++) base64Values[base64.charCodeAt(i)] = i

export type Encoding = 'identity' | 'base64' | 'quoted-printable' | 'unknown'

export function encodingOf(name: string | null): Encoding {
  switch (name?.toLowerCase() ?? '7bit') {
    case '7bit':
    case '8bit':
    case 'binary':
      return 'identity'
    case 'base64':
      return 'base64'
    case 'quoted-printable':
      return 'quoted-printable'
    default:
      return 'unknown'
  }
}

export function decodeContent(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case 'base64':
      return decodeLooseBase64(bytes)
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes)
    default:
      return bytes
  }
}

/** What is no base64 is passed over; a `=` ends it. */
function decodeLooseBase64(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.floor((bytes.length * 3) / 4) + 3)
  let length = 0
  let bits = 0
  let count = 0
  for (const byte of bytes) {
    if (byte === 61) break
    const value = base64Values[byte] ?? -1
    if (value < 0) continue
    bits = (bits << 6) | value
    count += 6
    if (count >= 8) {
      count -= 8
      out[length++] = (bits >> count) & 0xff
      bits &= 0xff
    }
  }
  return out.subarray(0, length)
}

const hexValue = (byte: number | undefined): number => {
  if (byte === undefined) return -1
  if (byte >= 48 && byte <= 57) return byte - 48
  const upper = byte & ~32
  return upper >= 65 && upper <= 70 ? upper - 55 : -1
}

/** Blanks at the end of a line are no text, `=` at the end of a line is none either. `_`: of encoded words. */
export function decodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  let length = 0
  let blanks = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 32 || byte === 9) {
      out[length++] = byte
      blanks++
      continue
    }
    if (byte === 13 || byte === 10) length -= blanks
    blanks = 0
    if (byte !== 61) {
      out[length++] = byte
      continue
    }
    const [high, low] = [hexValue(bytes[at + 1]), hexValue(bytes[at + 2])]
    if (high >= 0 && low >= 0) {
      out[length++] = high * 16 + low
      at += 2
      continue
    }
    let end = at + 1
    while (bytes[end] === 32 || bytes[end] === 9) end++
    if (bytes[end] === 13 && bytes[end + 1] === 10) end++
    if (bytes[end] === 10 || end >= bytes.length) at = end
    else out[length++] = byte
  }
  return out.subarray(0, length)
}
