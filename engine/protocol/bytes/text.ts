/**
 * Bytes and text: UTF-8 where people read, Latin-1 (one byte, one character) where a protocol counts.
 * The pure folders have neither Buffer nor DOM; these few functions are what they need of them.
 */
declare const TextEncoder: new () => { encode(text: string): Uint8Array }
declare const TextDecoder: new (
  label: string,
  options?: { fatal?: boolean; ignoreBOM?: boolean },
) => { decode(bytes: Uint8Array): string }

const encoder = new TextEncoder()
const lossy = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const utf8 = (text: string): Uint8Array => encoder.encode(text)

/** Text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export const textOf = (bytes: Uint8Array): string => lossy.decode(bytes)

/** Text of UTF-8 bytes, or null when they are not UTF-8. */
export function strictTextOf(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

/** One character a byte: U+0000..U+00FF. */
export function latin1Of(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  }
  return text
}

/** The bytes of a text that has only U+0000..U+00FF; higher bits are lost. */
export function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)
