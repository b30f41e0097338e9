/** A letter taken apart: the envelope that servers read, the header that people read, and the body. RFC 5321, RFC 5322 */
export type Field = { readonly name: string; readonly value: string }
export type Anatomy = { readonly header: readonly Field[]; readonly body: string }

const mostFields = 200

/** `text`: LF or CRLF line ends; a folded field becomes one line. Hostile text is only ever taken apart, never run. */
export function anatomyOf(text: string): Anatomy {
  const lines = text.split(/\r?\n/)
  const empty = lines.indexOf('')
  const head = empty === -1 ? lines : lines.slice(0, empty)
  const header: { name: string; value: string }[] = []
  for (const line of head) {
    const last = header.at(-1)
    const colon = line.indexOf(':')
    if (/^[ \t]/.test(line) && last) last.value += ` ${line.trim()}`
    else if (colon > 0 && header.length < mostFields)
      header.push({ name: line.slice(0, colon), value: line.slice(colon + 1).trim() })
  }
  return { header, body: empty === -1 ? '' : lines.slice(empty + 1).join('\n') }
}
