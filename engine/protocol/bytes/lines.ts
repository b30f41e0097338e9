/**
 * Lines of a message. On the wire a line ends in CR LF, and one that starts with a dot gets a second dot,
 * so that a dot alone can end the message. Inside, lines end in LF, as in Postfix's queue files.
 *
 * RFC 5321 §2.3.8, §4.5.2 (transparency).
 */
const CR = 13
const LF = 10
const DOT = 46

/** Every line end becomes CR LF: LF alone too; a CR that no LF follows stays as it is. */
export function toCrlf(bytes: Uint8Array): Uint8Array {
  let bare = 0
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === LF && bytes[i - 1] !== CR) bare++
  if (bare === 0) return bytes

  const wire = new Uint8Array(bytes.length + bare)
  let at = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte === LF && bytes[i - 1] !== CR) wire[at++] = CR
    wire[at++] = byte
  }
  return wire
}

/** CR LF becomes LF. */
export function toLf(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(CR)) return bytes
  const plain = new Uint8Array(bytes.length)
  let at = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte === CR && bytes[i + 1] === LF) continue
    plain[at++] = byte
  }
  return plain.subarray(0, at)
}

/** A message as DATA sends it: CR LF, dots doubled, `.` CR LF at the end. */
export function dotStuffed(message: Uint8Array): Uint8Array {
  const lines = toCrlf(message)
  const wire = new Uint8Array(lines.length * 2 + 5)
  let at = 0
  let lineStart = true
  for (const byte of lines) {
    if (lineStart && byte === DOT) wire[at++] = DOT
    wire[at++] = byte
    lineStart = byte === LF
  }
  if (!lineStart) at = append(wire, at, [CR, LF])
  at = append(wire, at, [DOT, CR, LF])
  return wire.subarray(0, at)
}

/** What DATA carried, without its final dot: LF line ends, doubled dots made single. */
export function dotUnstuffed(wire: Uint8Array): Uint8Array {
  const lines = toLf(wire)
  const message = new Uint8Array(lines.length)
  let at = 0
  let lineStart = true
  for (const byte of lines) {
    if (!(lineStart && byte === DOT)) message[at++] = byte
    lineStart = byte === LF
  }
  return message.subarray(0, at)
}

function append(bytes: Uint8Array, at: number, more: readonly number[]): number {
  bytes.set(more, at)
  return at + more.length
}
