/**
 * A mail address: local part and domain. Inside, a local part has no quotes (the internal form: `a b@example.org`);
 * outside, it is quoted where it must be (the external form: `"a b"@example.org`).
 *
 * RFC 5321 §4.1.2, RFC 5322 §3.4.1.
 */
export type Address = {
  /** Without quotes. */
  readonly localPart: string
  /** Null for a bare local part: `postmaster`. */
  readonly domain: string | null
}

/** Who gets the bounce. RFC 5321 §4.1.2; the null reverse-path: §4.5.5. */
export type ReversePath = { readonly kind: 'null' } | Path
/** Who gets the mail. */
export type ForwardPath = Path
export type Path = {
  readonly kind: 'address'
  readonly address: Address
  /** A source route, which nobody follows any more: `@a.example,@b.example:`. RFC 5321 appendix C. */
  readonly route: string | null
}

/** The last `@` divides: a local part may have one too. */
export function parseInternal(text: string): Address {
  const at = text.lastIndexOf('@')
  if (at < 0) return { localPart: text, domain: null }
  return { localPart: text.slice(0, at), domain: text.slice(at + 1) }
}

export function writeAddress(address: Address, form: 'internal' | 'external'): string {
  const localPart = form === 'internal' ? address.localPart : quoteLocalPart(address.localPart)
  return address.domain === null ? localPart : `${localPart}@${address.domain}`
}

/** Postfix's internal form to what goes on the wire or into a header. */
export const externalForm = (internal: string): string =>
  internal === '' ? '' : writeAddress(parseInternal(internal), 'external')

/** A dot-string stays as it is; all else gets quotes, with `\` before quotes and backslashes. */
export function quoteLocalPart(localPart: string): string {
  if (isDotString(localPart)) return localPart
  return `"${localPart.replace(/["\\\r\n]/g, '\\$&')}"`
}

const isDotString = (text: string) =>
  !/[\x00-\x20()<>@,;:\\"[\]\x7f]/.test(text) &&
  text !== '' &&
  !text.startsWith('.') &&
  !text.endsWith('.') &&
  !text.includes('..')

/** `<a@b>`, `<>`: as MAIL and RCPT write a path. */
export const writePath = (path: ReversePath): string =>
  path.kind === 'null' ? '<>' : `<${path.route ?? ''}${writeAddress(path.address, 'external')}>`

/** Internal form; '' is the null reverse-path. A source route is read and forgotten. RFC 5321 §3.6.1 */
export const internalForm = (path: ReversePath): string =>
  path.kind === 'null' ? '' : writeAddress(path.address, 'internal')
