/**
 * A letter as a script sees it: its fields decoded, its parts, its size.
 *
 * RFC 5228 §2.4.2.2; parts: RFC 5703. Texts are UTF-8, one character a byte.
 */
import { latin1Of } from '../bytes/text.ts'
import { decodeContent, encodingOf } from '../message/content-encoding.ts'
import { readContentType, readEncoding } from '../message/content-fields.ts'
import { decodeEncodedWords, toUtf8 } from '../message/encoded-words.ts'
import { fieldValue, type HeaderLine } from '../message/header-lines.ts'
import { readMimeTree, type MimePart } from '../message/mime-tree.ts'

export type SieveMessage = {
  readonly bytes: Uint8Array
  readonly size: number
  readonly root: MimePart
}

export const readSieveMessage = (bytes: Uint8Array): SieveMessage => ({
  bytes,
  size: bytes.length,
  root: readMimeTree(bytes),
})

/** Values of the fields of one name, unfolded, blanks around them taken away. */
export const rawValues = (fields: readonly HeaderLine[], name: string): readonly string[] => {
  const wanted = name.toLowerCase()
  return fields.filter((field) => field.name.toLowerCase() === wanted).map(unfolded)
}

export const decodedValues = (fields: readonly HeaderLine[], name: string): readonly string[] =>
  rawValues(fields, name).map(decodeEncodedWords)

const unfolded = (field: HeaderLine): string =>
  field.raw
    .slice(field.raw.indexOf(':') + 1)
    .replace(/\r?\n[ \t]/g, ' ')
    .replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')

/** The part itself and all parts within it, in order. */
export function* partsOf(part: MimePart): Generator<MimePart> {
  yield part
  for (const child of part.children) yield* partsOf(child)
}

/** `text/html` in lower case. */
export const mediaType = (part: MimePart): string => `${part.type.type}/${part.type.subtype}`.toLowerCase()

export const rawBody = (message: SieveMessage, part: MimePart): Uint8Array =>
  message.bytes.subarray(part.bodyStart, part.bodyEnd)

/** The content of a leaf: encoding taken away; texts as UTF-8. */
export function decodedContent(message: SieveMessage, part: MimePart): string {
  const encoding = encodingOf(readEncoding(fieldValue(part.fields, 'Content-Transfer-Encoding')))
  const bytes = decodeContent(rawBody(message, part), encoding)
  if (part.type.type.toLowerCase() !== 'text') return latin1Of(bytes)
  const charset = part.type.parameters.find(([name]) => name.toLowerCase() === 'charset')?.[1]
  return toUtf8(bytes, charset ?? 'utf-8') ?? latin1Of(bytes)
}

export const contentTypeOf = (value: string) => readContentType(value, '/')
