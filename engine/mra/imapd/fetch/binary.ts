/**
 * BINARY: a part without its transfer encoding. Of a multipart or a whole message every encoded part within is decoded,
 * and says so in its header.
 *
 * RFC 3516.
 */
import type { Section } from '#protocol/imap/fetch-item.ts'
import { decodeContent, flawOf, type Flaw } from '#protocol/message/content-encoding.ts'
import { findPart, type MimePart } from '#protocol/message/mime-tree.ts'
import { encodingOfPart } from '../search/message.ts'

export type Decoded =
  /** `binary`: a client must be told that there may be any byte. */
  | {
      readonly kind: 'bytes'
      readonly bytes: Uint8Array
      /** As it is told; an encoded message within does not count. */
      readonly size: number
      readonly how: 'text' | 'binary'
    }
  | { readonly kind: Unreadable }

/** `invalid`, `cut-off`: what is encoded breaks the rules of its encoding, or ends too early. */
export type Unreadable = 'unknown-encoding' | Flaw

export function decodedSection(message: Uint8Array, root: MimePart, { path }: Section): Decoded {
  const part = findPart(root, path)
  if (part === null) return { kind: 'bytes', bytes: new Uint8Array(0), size: 0, how: 'text' }
  const leaves = [...leavesOf(part)]
  if (leaves.some((leaf) => encodingOfPart(leaf) === 'unknown')) return { kind: 'unknown-encoding' }
  const start = path.length === 0 ? part.headerStart : part.bodyStart
  const pieces: Uint8Array[] = []
  let at = start
  let encoded = false
  for (const leaf of leaves) {
    const encoding = encodingOfPart(leaf)
    if (encoding === 'identity' || leaf.bodyEnd === leaf.bodyStart) continue
    encoded = true
    const flaw = flawOf(message.subarray(leaf.bodyStart, leaf.bodyEnd), encoding)
    if (flaw !== null) return { kind: flaw }
    if (leaf.headerStart >= start) pieces.push(message.subarray(at, leaf.headerStart), decodedHeader(leaf))
    pieces.push(decodeContent(message.subarray(leaf.bodyStart, leaf.bodyEnd), encoding))
    at = leaf.bodyEnd
  }
  const end = path.length === 0 ? message.length : part.bodyEnd
  const bytes = Buffer.concat([...pieces, message.subarray(at, end)])
  const size = bytes.length - encodedMessages(part)
  return { kind: 'bytes', bytes, size, how: encoded || bytes.includes(0) ? 'binary' : 'text' }
}

function encodedMessages(root: MimePart): number {
  const within = root.children.reduce((sum, child) => sum + encodedMessages(child), 0)
  const encoding = root.kind === 'message' ? encodingOfPart(root) : 'identity'
  return encoding === 'identity' || encoding === 'unknown' ? within : root.bodyEnd - root.bodyStart
}

function* leavesOf(root: MimePart): Generator<MimePart> {
  const stack = [root]
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (part.kind === 'leaf') yield part
    for (const child of [...part.children].reverse()) stack.push(child)
  }
}

function decodedHeader({ fields }: MimePart): Uint8Array {
  const others = fields.filter(({ name }) => name.toLowerCase() !== 'content-transfer-encoding')
  const text = others.map(({ raw }) => raw).join('')
  return Buffer.from(`${text}Content-Transfer-Encoding: binary\r\n\r\n`, 'latin1')
}
