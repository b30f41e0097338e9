/** BLAKE2b with a digest of any length up to 64 bytes, which Argon2 is made of. RFC 7693. */

const initial = new BigUint64Array([
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
])

const order = [
  '0123456789abcdef',
  'ea489fd61c02b753',
  'b8c052fdae367194',
  '7931dcbe265a40f8',
  '905724afe1bc683d',
  '2c6a0b834d75fe19',
  'c51fed4a0763928b',
  'db7ec13950f4862a',
  '6fe9b308c2d714a5',
  'a2847615fb9e3cd0',
].map((row) => Array.from(row, (digit) => Number.parseInt(digit, 16)))

const mask = 0xffff_ffff_ffff_ffffn
const rotated = (value: bigint, by: bigint): bigint => ((value >> by) | (value << (64n - by))) & mask

export function blake2b(length: number, ...pieces: readonly Uint8Array[]): Buffer {
  const input = Buffer.concat(pieces)
  const state = BigUint64Array.from(initial)
  state[0] = at(state, 0) ^ 0x0101_0000n ^ BigInt(length)
  const blocks = Math.max(1, Math.ceil(input.length / 128))
  for (let i = 0; i < blocks; i++) {
    const block = Buffer.alloc(128)
    input.copy(block, 0, i * 128)
    const isLast = i === blocks - 1
    compress(state, block, BigInt(isLast ? input.length : (i + 1) * 128), isLast ? 'last' : 'more')
  }
  const out = Buffer.alloc(64)
  state.forEach((word, i) => out.writeBigUInt64LE(word, i * 8))
  return out.subarray(0, length)
}

const at = (words: BigUint64Array, i: number): bigint => words[i] ?? 0n

function compress(state: BigUint64Array, block: Buffer, count: bigint, which: 'last' | 'more'): void {
  const m = Array.from({ length: 16 }, (_, i) => block.readBigUInt64LE(i * 8))
  const v = [...state, ...initial]
  const word = (i: number): bigint => v[i] ?? 0n
  v[12] = word(12) ^ (count & mask)
  v[13] = word(13) ^ (count >> 64n)
  if (which === 'last') v[14] = word(14) ^ mask
  const mix = (a: number, b: number, c: number, d: number, x: bigint, y: bigint): void => {
    v[a] = (word(a) + word(b) + x) & mask
    v[d] = rotated(word(d) ^ word(a), 32n)
    v[c] = (word(c) + word(d)) & mask
    v[b] = rotated(word(b) ^ word(c), 24n)
    v[a] = (word(a) + word(b) + y) & mask
    v[d] = rotated(word(d) ^ word(a), 16n)
    v[c] = (word(c) + word(d)) & mask
    v[b] = rotated(word(b) ^ word(c), 63n)
  }
  for (let round = 0; round < 12; round++) {
    const s = order[round % 10] ?? []
    const part = (i: number): bigint => m[s[i] ?? 0] ?? 0n
    for (let i = 0; i < 4; i++) mix(i, i + 4, i + 8, i + 12, part(2 * i), part(2 * i + 1))
    for (let i = 0; i < 4; i++)
      mix(i, ((i + 1) % 4) + 4, ((i + 2) % 4) + 8, ((i + 3) % 4) + 12, part(8 + 2 * i), part(9 + 2 * i))
  }
  for (let i = 0; i < 8; i++) state[i] = at(state, i) ^ word(i) ^ word(i + 8)
}
