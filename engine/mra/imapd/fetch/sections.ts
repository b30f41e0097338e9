/**
 * Pieces of a message: its header, its text, a part, some fields. Bytes as they came.
 *
 * RFC 3501 §6.4.5.
 */
import type { Section } from '#protocol/imap/fetch-item.ts'
import type { HeaderLine } from '#protocol/message/header-lines.ts'
import { findPart, type MimePart } from '#protocol/message/mime-tree.ts'

const nothing = new Uint8Array(0)

export function cutSection(message: Uint8Array, root: MimePart, { path, what, names }: Section): Uint8Array {
  const part = findPart(root, path)
  if (part === null) return nothing
  if (path.length === 0) return cut(message, root, what, names)
  switch (what) {
    case 'all':
      return message.subarray(part.bodyStart, part.bodyEnd)
    case 'mime':
      return message.subarray(part.headerStart, part.bodyStart)
    default: {
      // Only a message has a header and a text of its own.
      const [inner] = part.kind === 'message' ? part.children : []
      return inner === undefined ? nothing : cut(message, inner, what, names)
    }
  }
}

function cut(
  message: Uint8Array,
  part: MimePart,
  what: Section['what'],
  names: readonly string[],
): Uint8Array {
  switch (what) {
    case 'all':
      return message.subarray(part.headerStart, part.bodyEnd)
    case 'header':
    case 'mime':
      return message.subarray(part.headerStart, part.bodyStart)
    case 'text':
      return message.subarray(part.bodyStart, part.bodyEnd)
    case 'fields':
    case 'fields-not':
      return chosenFields(part.fields, what, names)
    default:
      return what satisfies never
  }
}

/** The fields that are named, or those that are not, and an empty line. */
export function chosenFields(
  fields: readonly HeaderLine[],
  what: 'fields' | 'fields-not',
  names: readonly string[],
): Uint8Array {
  const named = new Set(names)
  const chosen = fields.filter(
    ({ name }) =>
      named.has(name.toUpperCase()) === (what === 'fields') && (name !== '' || what === 'fields-not'),
  )
  const text = chosen.map(({ raw }) => (raw.endsWith('\n') ? raw : `${raw}\r\n`)).join('')
  return Buffer.from(`${text}\r\n`, 'latin1')
}
