/**
 * Header and body as text: one character a byte, U+0000..U+00FF, so that nothing is lost on the way.
 * Tables, settings and people see UTF-8.
 */

/** Bytes as such a text. */
export const bytesAsText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

export const textAsBytes = (text: string): Buffer => Buffer.from(text, 'latin1')

/** What people read: UTF-8 where the bytes are UTF-8, else each byte as it is. */
export function fromBytes(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text)) return text
  const decoded = Buffer.from(text, 'latin1').toString('utf8')
  return decoded.includes('\ufffd') ? text : decoded
}

/** A text of people, address or table, as the bytes of a message. */
export const toBytes = (text: string): string =>
  /[^\u0000-\u007f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text

/** As a log shows it: control characters become `?`. */
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f]/g, '?')

/** `message_strip_characters`: `\0\1a` → three characters. */
export const characterSet = (text: string): ReadonlySet<string> => new Set(characterEscapes(text))

/** C escapes are read: `\r\n`, `\0`. */
export function characterEscapes(text: string): string {
  const named: Readonly<Record<string, string>> = {
    a: '\x07',
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
    v: '\v',
  }
  let characters = ''
  for (const [, octal, escaped, plain] of text.matchAll(/\\([0-7]{1,3})|\\(.)|([^\\])/gs)) {
    if (octal !== undefined) characters += String.fromCharCode(parseInt(octal, 8) & 0xff)
    else if (escaped !== undefined) characters += named[escaped] ?? escaped
    else if (plain !== undefined) characters += plain
  }
  return characters
}
