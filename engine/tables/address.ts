/**
 * An address in Postfix's internal form, taken apart: unquoted local part, `@`, domain; and the extension that
 * recipient_delimiter separates.
 *
 * RFC 5321 §4.1.2 for the external form; postconf(5) recipient_delimiter.
 */
export type SplitAddress = {
  readonly localPart: string
  /** null when there is no `@`. */
  readonly domain: string | null
}

export function splitAddress(address: string): SplitAddress {
  const at = address.lastIndexOf('@')
  return at < 0
    ? { localPart: address, domain: null }
    : { localPart: address.slice(0, at), domain: address.slice(at + 1) }
}

export const joinAddress = (localPart: string, domain: string | null): string =>
  domain === null ? localPart : `${localPart}@${domain}`

export type Extension = { readonly user: string; readonly delimiter: string; readonly extension: string }

/**
 * The user and the extension of a local part; null when it has none. Postmaster, mailer-daemon and the like
 * are never split, nor is the owner of a list: owner-list, list-request.
 */
export function splitExtension(localPart: string, delimiters: string): Extension | null {
  if (delimiters === '') return null
  if (/^(postmaster|mailer-daemon|double-bounce)$/i.test(localPart)) return null
  if (delimiters.includes('-') && /^owner-.|.-request$/i.test(localPart)) return null
  for (let i = 1; i < localPart.length; i++) {
    const char = localPart[i] ?? ''
    if (!delimiters.includes(char)) continue
    const user = localPart.slice(0, i)
    return { user, delimiter: char, extension: localPart.slice(i + 1) }
  }
  return null
}

/** `user+ext@domain` without its extension, and the extension with its delimiter; null when it has none. */
export function stripExtension(
  address: string,
  delimiters: string,
): { readonly address: string; readonly extension: string } | null {
  const { localPart, domain } = splitAddress(address)
  const split = splitExtension(localPart, delimiters)
  if (!split) return null
  return { address: joinAddress(split.user, domain), extension: `${split.delimiter}${split.extension}` }
}
