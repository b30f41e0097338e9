/**
 * Patterns of LIST: `*` is anything, `%` anything without a separator. INBOX is INBOX in any case.
 *
 * RFC 3501 §6.3.8.
 */
/** `valid`: whether the pattern is in the coding that names have. */
export function compilePattern(
  pattern: string,
  separator: string,
  valid: (pattern: string) => boolean,
): (name: string) => boolean {
  if (!valid(pattern)) return () => false
  const inbox = /^inbox(?=$|[^a-z])/i.test(pattern) ? pattern.replace(/^inbox/i, 'INBOX') : pattern
  // Many stars in a row are one; so the match below stays quadratic at worst.
  const tidy = inbox.replace(/[*%]*\*[*%]*/g, '*').replace(/%+/g, '%')
  return (name) =>
    match(tidy, name, separator) || (name === 'INBOX' && match(tidy.toUpperCase(), name, separator))
}

/** Wildcards matched without recursion: one row of positions for each character of the pattern. */
function match(pattern: string, name: string, separator: string): boolean {
  let reached = new Uint8Array(name.length + 1)
  reached[0] = 1
  for (const c of pattern) {
    const next = new Uint8Array(name.length + 1)
    if (c === '*' || c === '%') {
      let open = false
      for (let at = 0; at <= name.length; at++) {
        if (reached[at] === 1) open = true
        if (open) next[at] = 1
        if (c === '%' && name.startsWith(separator, at)) open = false
      }
    } else {
      for (let at = 0; at < name.length; at++) if (reached[at] === 1 && name[at] === c) next[at + 1] = 1
    }
    reached = next
  }
  return reached[name.length] === 1
}
