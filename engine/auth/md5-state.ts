/**
 * MD5 up to the middle: the state after the first block. Dovecot's `{CRAM-MD5}` keeps the two states of HMAC instead of a
 * password; who has them can answer CRAM-MD5, but not log in otherwise.
 *
 * RFC 1321, RFC 2104 §4.
 */
import { createHash } from 'node:crypto'

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
const sines = Array.from({ length: 64 }, (_none, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32))
const beginning = Buffer.from('0123456789abcdeffedcba9876543210', 'hex')

/** One block of 64 bytes more. */
function compressed(state: Uint8Array, block: Buffer): Buffer {
  const before = Buffer.from(state)
  const start = [0, 4, 8, 12].map((at) => before.readUInt32LE(at))
  let [a = 0, b = 0, c = 0, d = 0] = start
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    const f = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] ?? 0
    const word = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] ?? 0
    const sum = (a + f + (sines[i] ?? 0) + block.readUInt32LE((word % 16) * 4)) >>> 0
    const by = shifts[4 * round + (i % 4)] ?? 0
    ;[a, d, c, b] = [d, c, b, (b + ((sum << by) | (sum >>> (32 - by)))) >>> 0]
  }
  const after = Buffer.alloc(16)
  for (const [i, word] of [a, b, c, d].entries()) after.writeUInt32LE((word + (start[i] ?? 0)) >>> 0, 4 * i)
  return after
}

/** The rest of a text whose first block gave the state. */
function finished(state: Uint8Array, rest: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((rest.length + 9) / 64) * 64)
  padded.set(rest)
  padded[rest.length] = 0x80
  padded.writeUInt32LE((64 + rest.length) * 8, padded.length - 8)
  let now: Buffer = Buffer.from(state)
  for (let at = 0; at < padded.length; at += 64) now = compressed(now, padded.subarray(at, at + 64))
  return now
}

const keyed = (key: Uint8Array, by: number): Buffer => {
  const block = Buffer.alloc(64, by)
  for (const [i, byte] of key.entries()) block[i] = byte ^ by
  return block
}

/** Outer state, inner state: what `{CRAM-MD5}` holds, in hexadecimal. */
export function hmacStates(password: string): Buffer {
  const bytes = Buffer.from(password)
  const key = bytes.length > 64 ? createHash('md5').update(bytes).digest() : bytes
  return Buffer.concat([compressed(beginning, keyed(key, 0x5c)), compressed(beginning, keyed(key, 0x36))])
}

export const hmacFromStates = (states: Uint8Array, data: Uint8Array): Buffer =>
  finished(states.subarray(0, 16), finished(states.subarray(16, 32), data))
