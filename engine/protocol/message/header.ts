/**
 * The header of a message: fields, each a name, a colon and a value that may be folded over several lines.
 *
 * RFC 5322 §2.2. Texts here hold one byte per character, U+0000..U+00FF, and end lines with LF.
 */
export type HeaderField = {
  /** As written, without the colon. */
  readonly name: string
  /** The whole field, folded lines joined by LF, without the last LF. */
  readonly text: string
}

/** Length of the name of a header field that begins this line, or 0. Blanks before the colon are allowed, as ever. */
export function headerNameLength(line: string): number {
  let i = 0
  for (; i < line.length; i++) {
    const code = line.charCodeAt(i)
    if (code === 0x3a || code === 0x20 || code === 0x09) break
    if (code <= 0x20 || code >= 0x7f) return 0
  }
  if (i === 0) return 0
  let colon = i
  while (line.charCodeAt(colon) === 0x20 || line.charCodeAt(colon) === 0x09) colon++
  return line.charCodeAt(colon) === 0x3a ? i : 0
}

/** What follows the colon, folded lines and all, blanks around it removed. */
export function headerValue(field: HeaderField): string {
  return field.text.slice(field.text.indexOf(':') + 1).trim()
}

/** The value on one line. RFC 5322 §2.2.3. */
export const unfoldedValue = (field: HeaderField): string => headerValue(field).replace(/\n(?=[ \t])/g, '')

/** The first field of a name, whatever its case. */
export function findField(fields: readonly HeaderField[], name: string): HeaderField | undefined {
  const wanted = name.toLowerCase()
  return fields.find((field) => field.name.toLowerCase() === wanted)
}

/** Offset of the byte after the header: that of the empty line, or of the first line that is no header field. */
export function headerEnd(content: Uint8Array): number {
  let start = 0
  while (start < content.length) {
    let end = content.indexOf(0x0a, start)
    if (end < 0) end = content.length
    if (end === start) return start
    const first = content[start]
    const folded = first === 0x20 || first === 0x09
    if (folded ? start === 0 : !startsField(content, start, end)) return start
    start = end + 1
  }
  return Math.min(start, content.length)
}

/** The fields of a header text. Reading ends at the first line that is neither a field nor a folded line. */
export function readFields(header: string, sizeLimit = 102_400): readonly HeaderField[] {
  const fields: HeaderField[] = []
  let name = ''
  let text = ''
  for (const line of header.split('\n')) {
    if ((line.startsWith(' ') || line.startsWith('\t')) && name !== '') {
      if (text.length < sizeLimit) text += `\n${line}`
      continue
    }
    if (name !== '') fields.push({ name, text: text.slice(0, sizeLimit) })
    const length = headerNameLength(line)
    if (length === 0) return fields
    name = line.slice(0, length)
    text = line
  }
  if (name !== '') fields.push({ name, text: text.slice(0, sizeLimit) })
  return fields
}

function startsField(content: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = content[i] ?? 0
    if (code === 0x3a) return i > start
    if (code === 0x20 || code === 0x09) {
      while (content[i] === 0x20 || content[i] === 0x09) i++
      return i > start && content[i] === 0x3a
    }
    if (code <= 0x20 || code >= 0x7f) return false
  }
  return false
}
