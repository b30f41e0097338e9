/** What a search may ask of one message: each costs as much as it must, and is found out once. */
import { MailboxError, type OpenMailbox, type Uid } from '#mailbox/mail-store.ts'
import { readAddresses, writeAddresses } from '#protocol/message/addresses.ts'
import { encodingOf, decodeContent, type Encoding } from '#protocol/message/content-encoding.ts'
import { readEncoding } from '#protocol/message/content-fields.ts'
import { fieldValue, readHeaderLines, valueOf, type HeaderLine } from '#protocol/message/header-lines.ts'
import type { MimePart } from '#protocol/message/mime-tree.ts'
import { decodeCharset, decodeHeaderText, folded } from './text.ts'

/** Null: the message is gone. */
export async function readFields(mailbox: OpenMailbox, uid: Uid): Promise<readonly HeaderLine[] | null> {
  try {
    return readHeaderLines(Buffer.from(await mailbox.readHeader(uid)).toString('latin1'))
  } catch (error) {
    if (error instanceof MailboxError && error.code === 'EXPUNGED') return null
    throw error
  }
}

export async function readContent(mailbox: OpenMailbox, uid: Uid): Promise<Uint8Array | null> {
  try {
    return await mailbox.read(uid)
  } catch (error) {
    if (error instanceof MailboxError && error.code === 'EXPUNGED') return null
    throw error
  }
}

/** A field's value as people read it, folded for comparison. */
export const searchable = (field: HeaderLine): string => folded(decodeHeaderText(valueOf(field)))

export const searchableAddresses = (field: HeaderLine): string =>
  folded(decodeHeaderText(writeAddresses(readAddresses(valueOf(field)))))

/** Texts of a message, header and body apart. */
export function searchableTexts(
  content: Uint8Array,
  root: MimePart,
): {
  readonly headers: readonly string[]
  readonly bodies: readonly string[]
} {
  const headers: string[] = []
  const bodies: string[] = []
  const stack: MimePart[] = [root]
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    for (const field of part.fields) headers.push(`${field.name.toUpperCase()}: ${searchable(field)}`)
    for (const child of part.children) stack.push(child)
    if (part.kind === 'leaf' && /^(text|message)$/i.test(part.type.type)) bodies.push(bodyText(part, content))
  }
  return { headers, bodies }
}

function bodyText(part: MimePart, content: Uint8Array): string {
  return folded(decodedBody(part, content))
}

/** The body of a text part without its encodings. */
export function decodedBody(part: MimePart, content: Uint8Array): string {
  return decodeCharset(decodedBytes(part, content), charsetOf(part))
}

export function decodedBytes(part: MimePart, content: Uint8Array): Uint8Array {
  const encoding = encodingOfPart(part)
  return encoding === 'unknown'
    ? new Uint8Array(0)
    : decodeContent(content.subarray(part.bodyStart, part.bodyEnd), encoding)
}

export const charsetOf = ({ type }: MimePart): string =>
  type.parameters.find(([name]) => name.toLowerCase() === 'charset')?.[1] ?? 'utf-8'

export function encodingOfPart(part: MimePart): Encoding {
  const written = fieldValue(part.fields, 'Content-Transfer-Encoding')
  return encodingOf(written === null ? null : (readEncoding(written) ?? written))
}
