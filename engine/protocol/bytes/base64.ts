/**
 * Base64: three bytes as four letters, so that any bytes fit on a line of text.
 *
 * RFC 4648 §4.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const valueOf = new Map(Array.from(alphabet, (letter, value) => [letter.charCodeAt(0), value]))
const padding = '='.charCodeAt(0)

export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3)
    const group = (a << 16) | (b << 8) | c
    const letters = Math.min(bytes.length - i, 3) + 1
    for (let letter = 0; letter < 4; letter++) {
      text += letter < letters ? alphabet.charAt((group >> (18 - 6 * letter)) & 63) : '='
    }
  }
  return text
}

/** Null when the text is not base64: a wrong letter, a wrong length, padding inside. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null
  let end = text.length
  while (end > 0 && text.length - end < 2 && text.charCodeAt(end - 1) === padding) end--

  const bytes = new Uint8Array(Math.floor((end * 3) / 4))
  let group = 0
  let bits = 0
  let at = 0
  for (let i = 0; i < end; i++) {
    const value = valueOf.get(text.charCodeAt(i))
    if (value === undefined) return null
    group = ((group << 6) | value) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (group >> bits) & 0xff
    }
  }
  return bytes
}
