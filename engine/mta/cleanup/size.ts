/**
 * The size of a message as Postfix counts it, in `postqueue -p` and in the log: what its lines take in a queue file,
 * where each is a record of type, length and text.
 */
export function recordedSize(content: Uint8Array, lineLengthLimit: number): number {
  let size = 0
  let start = 0
  while (start < content.length) {
    let end = content.indexOf(0x0a, start)
    if (end < 0) end = content.length
    for (let rest = end - start; ; rest -= lineLengthLimit) {
      const length = Math.min(rest, lineLengthLimit)
      size += length + (length < 128 ? 2 : length < 16384 ? 3 : 4)
      if (rest <= lineLengthLimit) break
    }
    start = end + 1
  }
  return size
}
