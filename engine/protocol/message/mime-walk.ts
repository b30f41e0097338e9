/**
 * Walks through a message line by line and says what each line is: header of the message, of a part, of a message
 * within it, or body. Boundaries and header fields are all that it knows of MIME.
 *
 * RFC 2045, RFC 2046 §5.1. Nesting is bounded.
 */
import { headerNameLength } from './header.ts'

/** A whole header field, or one line of a body. `nested`: of a message/rfc822 within the message. */
export type MimeItem =
  | { readonly kind: 'field'; readonly where: 'primary' | 'part' | 'nested'; readonly text: string }
  | { readonly kind: 'line'; readonly text: string }

export type MimeLimits = {
  readonly headerSize: number
  readonly nesting: number
  readonly boundaryLength: number
}

type Reading = { where: 'primary' | 'part' | 'nested'; field: string | null; type: string }

/** The items of a body that begins with the empty line (or text) after the primary header. `type`: its Content-Type. */
export function* walkMime(
  lines: Iterable<string>,
  primaryType: string,
  limits: MimeLimits,
): Generator<MimeItem> {
  const boundaries: string[] = []
  let header: Reading | null = null

  const open = (type: string): Reading | null => {
    const lower = type.toLowerCase()
    if (lower.startsWith('multipart/')) {
      const boundary = boundaryOf(type)
      if (boundary !== null && boundaries.length < limits.nesting) {
        boundaries.push(boundary.slice(0, limits.boundaryLength))
      }
    }
    return /^message\/(rfc822|global)\b/.test(lower) ? { where: 'nested', field: null, type: '' } : null
  }
  let first = true
  for (const line of lines) {
    if (first) {
      first = false
      header = open(primaryType)
      yield { kind: 'line', text: line }
      continue
    }
    if (line.startsWith('--') && boundaries.length > 0) {
      const at = boundaries.findLastIndex((boundary) => line.startsWith(boundary, 2))
      if (at >= 0) {
        const closing = line.startsWith('--', 2 + (boundaries[at] ?? '').length)
        if (header?.field != null) yield { kind: 'field', where: header.where, text: header.field }
        boundaries.length = closing ? at : at + 1
        header = closing ? null : { where: 'part', field: null, type: '' }
        yield { kind: 'line', text: line }
        continue
      }
    }
    if (header === null) {
      yield { kind: 'line', text: line }
      continue
    }
    if (header.field !== null && (line.startsWith(' ') || line.startsWith('\t'))) {
      if (header.field.length < limits.headerSize) {
        header.field = `${header.field}\n${line}`.slice(0, limits.headerSize)
      }
      continue
    }
    if (header.field !== null) {
      header.type = contentType(header.field) ?? header.type
      yield { kind: 'field', where: header.where, text: header.field }
      header.field = null
    }
    if (headerNameLength(line) > 0) {
      header.field = line
      continue
    }
    header = open(header.type)
    yield { kind: 'line', text: line }
  }
  if (header?.field != null) yield { kind: 'field', where: header.where, text: header.field }
}

/** Whether a field describes a MIME part, wherever it stands. */
export const isMimeField = (text: string): boolean =>
  /^(mime-version|content-(type|transfer-encoding|description|disposition|id))[ \t]*:/i.test(text)

/** The value of a Content-Type field, or null when it is another field. */
export function contentType(field: string): string | null {
  return /^content-type[ \t]*:\s*(.*)$/is.exec(field)?.[1] ?? null
}

function boundaryOf(type: string): string | null {
  const match = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;()<>@,:\\"/[\]?=]+))/i.exec(type)
  if (!match) return null
  return match[2] ?? (match[1] ?? '').replace(/\\(.)/gs, '$1')
}
