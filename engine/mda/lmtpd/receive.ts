/**
 * The bytes of a message: lines up to a dot alone, or a chunk of so many bytes.
 *
 * RFC 5321 §4.5.2; BDAT: RFC 3030 §2.
 */
import type { Wire } from '#engine/wire.ts'
import { concat, latin1 } from '#protocol/bytes/text.ts'

export const idleTimeout = 5 * 60_000
const longestDataLine = 16 * 1024 * 1024
/** A message that is larger than memory may hold is refused. */
export const largestMessage = 512 * 1024 * 1024

export type Received =
  | { readonly kind: 'message'; readonly content: Uint8Array; readonly size: number }
  | { readonly kind: 'timeout' | 'end' }

/** A dot at the start of a line was doubled. LF line ends. */
export async function readLines(wire: Wire): Promise<Received> {
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const line = await wire.line(longestDataLine, idleTimeout)
    if (line.kind !== 'line') return { kind: line.kind === 'timeout' ? 'timeout' : 'end' }
    if (line.text === '.') return { kind: 'message', content: concat(parts), size }
    const text = line.text.startsWith('.') ? line.text.slice(1) : line.text
    size += text.length + 1
    if (size <= largestMessage) parts.push(latin1(`${text}\n`))
  }
}

export async function readChunk(wire: Wire, size: number, how: 'keep' | 'skip'): Promise<Received> {
  const parts: Uint8Array[] = []
  for (let left = size; left > 0;) {
    const part = await wire.bytes(Math.min(left, 65_536), idleTimeout)
    if (part.kind !== 'bytes') return { kind: part.kind }
    left -= part.bytes.length
    if (how === 'keep') parts.push(part.bytes)
  }
  return { kind: 'message', content: concat(parts), size }
}
