/** Numbers by chance that a seed repeats: the generator sfc32 (Chris Doty-Humphrey), seeded by a hash of the seed's text. */
import type { Random } from '#platform/random.ts'

export function createRandom(seed: number | string): Random {
  const next = sfc32(seedWords(String(seed)))
  const number = () => next() / 2 ** 32
  return {
    number,
    integer: (limit) => Math.floor(number() * limit),
    bytes(count) {
      const bytes = new Uint8Array(count)
      for (let i = 0; i < count; i++) bytes[i] = next() >>> 24
      return bytes
    },
  }
}

type Words = [number, number, number, number]

function sfc32([a, b, c, counter]: Words): () => number {
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  // The first numbers still show the seed.
  for (let i = 0; i < 15; i++) next()
  return next
}

/** Four words of FNV-1a, each from another starting point. */
function seedWords(text: string): Words {
  const word = (start: number) => {
    let hash = start
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    return hash ^ (hash >>> 15)
  }
  return [word(0x811c9dc5), word(0x9e3779b9), word(0x7f4a7c15), word(0x2545f491)]
}
