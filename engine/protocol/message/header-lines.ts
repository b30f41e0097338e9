/**
 * A header as IMAP shows it: every field with its folded lines and line ends just as they came, broken ones too.
 *
 * RFC 5322 §2.2. One character a byte.
 */
export type HeaderLine = {
  /** Without the colon; '' for a line that is no field. */
  readonly name: string
  /** With its line ends. */
  readonly raw: string
}

export function readHeaderLines(header: string): readonly HeaderLine[] {
  const fields: HeaderLine[] = []
  let start = 0
  while (start < header.length) {
    let end = lineEnd(header, start)
    const first = header.slice(start, end)
    if (first === '\r\n' || first === '\n') break
    while (end < header.length && (header[end] === ' ' || header[end] === '\t')) end = lineEnd(header, end)
    const raw = header.slice(start, end)
    const colon = raw.indexOf(':')
    fields.push({ name: colon < 0 ? '' : raw.slice(0, colon).trimEnd(), raw })
    start = end
  }
  return fields
}

const lineEnd = (text: string, from: number): number => {
  const newline = text.indexOf('\n', from)
  return newline < 0 ? text.length : newline + 1
}

/** What follows the colon: line ends taken away, blanks at its beginning too. */
export const valueOf = (field: HeaderLine): string =>
  field.raw
    .slice(field.raw.indexOf(':') + 1)
    .replace(/\r?\n/g, '')
    .replace(/^[ \t]+/, '')

/** Of the first field of that name. */
export function fieldValue(fields: readonly HeaderLine[], name: string): string | null {
  const wanted = name.toLowerCase()
  const field = fields.find((line) => line.name.toLowerCase() === wanted)
  return field === undefined ? null : valueOf(field)
}

/** Of the last field of that name, with the line ends of its folds. */
export function rawValue(fields: readonly HeaderLine[], name: string): string | null {
  const wanted = name.toLowerCase()
  const field = fields.findLast((line) => line.name.toLowerCase() === wanted)
  if (field === undefined) return null
  return field.raw
    .slice(field.raw.indexOf(':') + 1)
    .replace(/\r?\n$/, '')
    .replace(/^[ \t]+/, '')
}

/** Of all fields of that name, in order. */
export function fieldValues(fields: readonly HeaderLine[], name: string): readonly string[] {
  const wanted = name.toLowerCase()
  return fields.filter((line) => line.name.toLowerCase() === wanted).map(valueOf)
}
