/**
 * Which texts can be the name of a host.
 *
 * RFC 1123 §2.1; underscores are let through, as Postfix does.
 */
export function isValidHostname(name: string): boolean {
  if (name === '' || name.length > 255) return false
  const labels = name.split('.')
  if (
    !labels.every((label) =>
      /^[A-Za-z0-9_\u0080-\uffff](?:[\w\u0080-\uffff-]{0,61}[A-Za-z0-9_\u0080-\uffff])?$/.test(label),
    )
  ) {
    return false
  }
  // All digits would be an address, or nothing.
  return labels.some((label) => /\D/.test(label))
}
