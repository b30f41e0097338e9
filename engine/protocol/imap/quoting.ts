/**
 * Strings as a server writes them: an atom where that is enough, quoted, or a literal for what cannot be quoted.
 *
 * RFC 3501 §4.3, §9. One character a byte.
 */
const needsLiteral = /[\r\n\0\x80-\xff]/
const atomText = /^[^\x00-\x20\x7f-\xff(){%*"\\]+$/

export const literal = (text: string): string => `{${text.length}}\r\n${text}`

export const quoted = (text: string): string =>
  needsLiteral.test(text) ? literal(text) : `"${text.replace(/[\\"]/g, '\\$&')}"`

export const nstring = (text: string | null): string => (text === null ? 'NIL' : quoted(text))

/** A mailbox name: INBOX, "with space". */
export const astringOut = (text: string): string =>
  atomText.test(text) && text.toUpperCase() !== 'NIL' ? text : quoted(text)

/** A header value that a person reads: blanks run together; what is changed comes as a literal, as Dovecot does. */
export function humanString(text: string | null): string {
  if (text === null) return 'NIL'
  const tidy = text.replace(/[\r\n\t \0]+/g, ' ').replace(/^ | $/g, '')
  return tidy === text && !/["\\\x80-\xff]/.test(tidy) ? `"${tidy}"` : literal(tidy)
}

/** Folding taken away, blanks kept. */
export const unfoldedString = (text: string | null): string =>
  text === null ? 'NIL' : quoted(text.replace(/[\r\n]+/g, ''))
