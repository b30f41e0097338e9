/**
 * xtext: text that must pass through a parameter, with `+2B` for what may not stand there.
 *
 * RFC 3461 §4; the same for utf-8 addresses (`\x{e5}`): RFC 6533 §3.
 */
import { strictTextOf, utf8 } from '#protocol/bytes/text.ts'

/** Null when the text is not xtext. */
export function decodeXtext(text: string): string | null {
  if (/\+(?![0-9A-F]{2})/i.test(text)) return null
  const bytes = utf8(text)
  const decoded = new Uint8Array(bytes.length)
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte === PLUS) {
      decoded[length++] = Number.parseInt(
        String.fromCharCode(bytes[i + 1] as number, bytes[i + 2] as number),
        16,
      )
      i += 2
    } else {
      decoded[length++] = byte
    }
  }
  return strictTextOf(decoded.subarray(0, length))
}

const PLUS = 43

export function encodeXtext(text: string): string {
  let encoded = ''
  for (const byte of utf8(text)) {
    const plain = byte > 32 && byte < 127 && byte !== PLUS && byte !== 61
    encoded += plain ? String.fromCharCode(byte) : `+${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

/** utf-8-addr-xtext and utf-8-addr-unitext. */
export function decodeUtf8Xtext(text: string): string | null {
  if (/\\(?!x\{[0-9A-F]{2,6}\})/i.test(text)) return null
  const codes = Array.from(text.matchAll(escaped), ([, hex]) => Number.parseInt(hex ?? '', 16))
  if (codes.some((code) => code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))) return null
  return text.replace(escaped, (_all, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
}

const escaped = /\\x\{([0-9A-F]{2,6})\}/gi
