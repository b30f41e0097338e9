/**
 * A message as it goes over the wire: lines end in CRLF, a leading dot is doubled, no line is longer than allowed,
 * and a lone dot ends it.
 *
 * RFC 5321 §4.5.2, §4.5.3.1.6; smtp_line_length_limit.
 */
const LF = 10
const CR = 13
const DOT = 46

/** The bytes after 354, the final dot included. `limit`: of a line, 0 for none; what is longer goes on in a folded line. */
export function wireForm(content: Uint8Array, limit: number): Buffer {
  const { extra, longest } = measure(content)
  const folded = limit > 0 && longest > limit ? fold(content, limit) : content
  const needed = folded === content ? extra : measure(folded).extra
  const wire = Buffer.allocUnsafe(folded.length + needed)
  let to = 0
  let start = 0
  while (start < folded.length) {
    let end = folded.indexOf(LF, start)
    if (end < 0) end = folded.length
    if (folded[start] === DOT) wire[to++] = DOT
    wire.set(folded.subarray(start, end), to)
    to += end - start
    wire[to++] = CR
    wire[to++] = LF
    start = end + 1
  }
  wire[to++] = DOT
  wire[to++] = CR
  wire[to++] = LF
  return wire.subarray(0, to)
}

/** Room for carriage returns, doubled dots, a missing last line end and the final dot. */
function measure(content: Uint8Array): { readonly extra: number; readonly longest: number } {
  let extra = 5
  let longest = 0
  let start = 0
  while (start < content.length) {
    let end = content.indexOf(LF, start)
    if (end < 0) end = content.length
    extra += content[start] === DOT ? 2 : 1
    longest = Math.max(longest, end - start)
    start = end + 1
  }
  return { extra, longest }
}

function fold(content: Uint8Array, limit: number): Buffer {
  const pieces: Uint8Array[] = []
  const lineBreak = Buffer.from('\n ')
  let start = 0
  while (start < content.length) {
    let end = content.indexOf(LF, start)
    end = end < 0 ? content.length : end + 1
    let room = limit
    while (end - start - 1 > room) {
      pieces.push(content.subarray(start, start + room), lineBreak)
      start += room
      room = limit - 1
    }
    pieces.push(content.subarray(start, end))
    start = end
  }
  return Buffer.concat(pieces)
}
