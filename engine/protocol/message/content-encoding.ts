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

/** Blanks are passed over; `=` ends it, and so does what is no base64. */
function decodeLooseBase64(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.floor((bytes.length * 3) / 4) + 3)
  let length = 0
  let bits = 0
  let count = 0
  for (const byte of bytes) {
    if (byte === 61) break
    const value = base64Values[byte] ?? -1
    if (value < 0 && isBlank(byte)) continue
    if (value < 0) break
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

const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === 13 || byte === 10

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
    // What is cut off in its midst is nothing.
    const cutOff = at + 1 >= bytes.length || (at + 2 >= bytes.length && high >= 0)
    if (bytes[end] === 10 || end >= bytes.length || cutOff) at = Math.max(end, at + 1)
    else out[length++] = byte
  }
  return out.subarray(0, length)
}

/** What is wrong with a content that a decoder without mercy reads. */
export type Flaw = 'invalid' | 'cut-off'

export function flawOf(bytes: Uint8Array, encoding: Encoding): Flaw | null {
  switch (encoding) {
    case 'base64':
      return flawOfBase64(bytes)
    case 'quoted-printable':
      return flawOfQuotedPrintable(bytes)
    default:
      return null
  }
}

/** Groups of four, blanks anywhere; nothing after the padding. */
function flawOfBase64(bytes: Uint8Array): Flaw | null {
  let place = 0
  let padded = false
  for (const byte of bytes) {
    if (isBlank(byte)) continue
    const isPadding = byte === 61
    if (!isPadding && (base64Values[byte] ?? -1) < 0) return 'invalid'
    if ((padded && place === 0) || (padded && !isPadding) || (isPadding && place < 2)) return 'invalid'
    if (isPadding) padded = true
    place = (place + 1) % 4
  }
  return place === 0 ? null : 'cut-off'
}

function flawOfQuotedPrintable(bytes: Uint8Array): Flaw | null {
  for (let at = bytes.indexOf(61); at >= 0; at = bytes.indexOf(61, at + 1)) {
    let end = at + 1
    while (bytes[end] === 32 || bytes[end] === 9) end++
    if (bytes[end] === 13) end++
    if (bytes[end] === 10) continue
    if (end >= bytes.length) return 'cut-off'
    if (end > at + 1 || hexValue(bytes[at + 1]) < 0) return 'invalid'
    if (at + 2 >= bytes.length) return 'cut-off'
    if (hexValue(bytes[at + 2]) < 0) return 'invalid'
  }
  return null
}
