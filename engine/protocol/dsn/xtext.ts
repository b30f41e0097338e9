/**
 * xtext: how ENVID and ORCPT carry any character through an SMTP command: `+2B` for `+`.
 *
 * RFC 3461 §4.
 */
export const writeXtext = (text: string): string =>
  text.replace(/[^!-*,-<>-~]/g, (c) => `+${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

/** Null when a `+` is not followed by two upper-case hexadecimal digits. */
export function readXtext(text: string): string | null {
  if (/\+(?![0-9A-F]{2})/.test(text)) return null
  return text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}
