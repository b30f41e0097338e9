/**
 * Argon2i and Argon2id: a hash of passwords that costs memory as well as time, so that it is dear to try many at once.
 *
 * RFC 9106; written as `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`.
 */
import { timingSafeEqual } from 'node:crypto'
import { blake2b } from './blake2b.ts'

export type Argon2Kind = 'argon2i' | 'argon2id'

export type Argon2Costs = {
  /** Kilobytes. */
  readonly memory: number
  readonly passes: number
  readonly lanes: number
}

/** More than a lab should spend on one login. */
const mostMemory = 256 * 1024
const mostPasses = 16

export function argon2(
  kind: Argon2Kind,
  password: Uint8Array,
  salt: Uint8Array,
  { memory, passes, lanes }: Argon2Costs,
  length: number,
): Buffer {
  const type = kind === 'argon2i' ? 1 : 2
  const first = blake2b(
    64,
    ...[lanes, length, memory, passes, 0x13, type, password.length].map(number32),
    password,
    number32(salt.length),
    salt,
    number32(0),
    number32(0),
  )
  const work = new Memory(type, passes, lanes, Math.max(8 * lanes, memory - (memory % (4 * lanes))))
  work.begin(first)
  work.fill()
  return longHash(length, work.last())
}

/** Whether a password is that of a hash as it is written; false too for what is no such hash. */
export function verifyArgon2(password: string, stored: string): boolean {
  const match =
    /^\$(argon2id?)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
      stored,
    )
  if (match === null) return false
  const [, kind = '', m = '', t = '', p = '', salt = '', hash = ''] = match
  const costs = { memory: Number(m), passes: Number(t), lanes: Number(p) }
  const wanted = Buffer.from(hash, 'base64')
  const wrong = costs.memory > mostMemory || costs.passes > mostPasses || costs.passes < 1 || costs.lanes < 1
  if (wrong || costs.lanes * 8 > costs.memory || wanted.length < 4) return false
  const found = argon2(
    kind === 'argon2i' ? 'argon2i' : 'argon2id',
    Buffer.from(password),
    Buffer.from(salt, 'base64'),
    costs,
    wanted.length,
  )
  return timingSafeEqual(found, wanted)
}

export function writeArgon2(
  kind: Argon2Kind,
  password: string,
  salt: Uint8Array,
  costs: Argon2Costs,
): string {
  const hash = argon2(kind, Buffer.from(password), salt, costs, 32)
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '')
  return `$${kind}$v=19$m=${costs.memory},t=${costs.passes},p=${costs.lanes}$${text(salt)}$${text(hash)}`
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** H' of the RFC: a hash of any length. */
function longHash(length: number, input: Uint8Array): Buffer {
  if (length <= 64) return blake2b(length, number32(length), input)
  const pieces: Buffer[] = []
  let piece = blake2b(64, number32(length), input)
  let left = length
  while (left > 64) {
    pieces.push(piece.subarray(0, 32))
    left -= 32
    piece = blake2b(Math.min(64, left), piece)
  }
  return Buffer.concat([...pieces, piece])
}

/** Words of 32 bits in a block of 1024 bytes. */
const blockWords = 256
/** Parts of a lane between which lanes may look at each other. */
const slices = 4

class Memory {
  readonly #type: number
  readonly #passes: number
  readonly #lanes: number
  readonly #laneLength: number
  readonly #words: Uint32Array
  readonly #mixed = new Uint32Array(blockWords)
  readonly #before = new Uint32Array(blockWords)

  constructor(type: number, passes: number, lanes: number, blocks: number) {
    this.#type = type
    this.#passes = passes
    this.#lanes = lanes
    this.#laneLength = blocks / lanes
    this.#words = new Uint32Array(blocks * blockWords)
  }

  begin(first: Buffer): void {
    for (let lane = 0; lane < this.#lanes; lane++)
      for (const column of [0, 1]) {
        const bytes = longHash(1024, Buffer.concat([first, number32(column), number32(lane)]))
        const at = this.#at(lane, column)
        for (let i = 0; i < blockWords; i++) this.#words[at + i] = bytes.readUInt32LE(i * 4)
      }
  }

  fill(): void {
    for (let pass = 0; pass < this.#passes; pass++)
      for (let slice = 0; slice < slices; slice++)
        for (let lane = 0; lane < this.#lanes; lane++) this.#segment(pass, slice, lane)
  }

  last(): Buffer {
    const bytes = Buffer.alloc(1024)
    for (let i = 0; i < blockWords; i++) {
      let word = 0
      for (let lane = 0; lane < this.#lanes; lane++)
        word ^= this.#words[this.#at(lane, this.#laneLength - 1) + i] ?? 0
      bytes.writeUInt32LE(word >>> 0, i * 4)
    }
    return bytes
  }

  #at(lane: number, column: number): number {
    return (lane * this.#laneLength + column) * blockWords
  }

  #segment(pass: number, slice: number, lane: number): void {
    const length = this.#laneLength / slices
    const blind = this.#type === 1 || (pass === 0 && slice < slices / 2)
    const addresses = blind ? new Addresses(this.#type, this.#passes, this.#lanes * this.#laneLength) : null
    for (let i = pass === 0 && slice === 0 ? 2 : 0; i < length; i++) {
      const column = slice * length + i
      const before = this.#at(lane, column === 0 ? this.#laneLength - 1 : column - 1)
      const [low, high] =
        addresses === null
          ? [this.#words[before] ?? 0, this.#words[before + 1] ?? 0]
          : addresses.pair(pass, lane, slice, i)
      const from = pass === 0 && slice === 0 ? lane : high % this.#lanes
      const reference = this.#at(from, this.#choose(pass, slice, i, low, from === lane))
      this.#mix(before, reference, this.#at(lane, column), pass > 0)
    }
  }

  /** Which of the blocks that are done: the newer the likelier. */
  #choose(pass: number, slice: number, i: number, low: number, isSame: boolean): number {
    const length = this.#laneLength / slices
    const done = pass === 0 ? slice * length : this.#laneLength - length
    const area = isSame ? done + i - 1 : done - (i === 0 ? 1 : 0)
    const square = high32(low, low)
    const back = area - 1 - high32(area, square)
    const start = pass === 0 || slice === slices - 1 ? 0 : (slice + 1) * length
    return (start + back) % this.#laneLength
  }

  #mix(before: number, reference: number, target: number, over: boolean): void {
    const words = this.#words
    const [mixed, kept] = [this.#mixed, this.#before]
    for (let i = 0; i < blockWords; i++) {
      const word = (words[before + i] ?? 0) ^ (words[reference + i] ?? 0)
      mixed[i] = word
      kept[i] = over ? word ^ (words[target + i] ?? 0) : word
    }
    permute(mixed)
    for (let i = 0; i < blockWords; i++) words[target + i] = (mixed[i] ?? 0) ^ (kept[i] ?? 0)
  }
}

/** Where to look when the password must not decide it: as i, and id at first, choose. */
class Addresses {
  readonly #input = new Uint32Array(blockWords)
  #current: Uint32Array | null = null

  constructor(type: number, passes: number, blocks: number) {
    this.#input[6] = blocks
    this.#input[8] = passes
    this.#input[10] = type
  }

  pair(pass: number, lane: number, slice: number, i: number): readonly [number, number] {
    if (this.#current === null || i % 128 === 0) {
      this.#input[0] = pass
      this.#input[2] = lane
      this.#input[4] = slice
      this.#input[12] = Math.floor(i / 128) + 1
      this.#current = once(once(this.#input))
    }
    const at = (i % 128) * 2
    return [this.#current[at] ?? 0, this.#current[at + 1] ?? 0]
  }
}

function once(block: Uint32Array): Uint32Array {
  const mixed = Uint32Array.from(block)
  permute(mixed)
  return mixed.map((word, i) => word ^ (block[i] ?? 0))
}

/** Eight rows of sixteen words, then eight columns. */
function permute(block: Uint32Array): void {
  for (let row = 0; row < 8; row++) round(block, row * 32, 2, 4)
  for (let column = 0; column < 8; column++) round(block, column * 4, 2, 32)
}

/** Sixteen words in pairs: `within` from one of a pair to the other, `between` from pair to pair. */
function round(block: Uint32Array, start: number, within: number, between: number): void {
  const quad = between * 2
  const [p0, p1, p2, p3] = [start, start + within, start + between, start + between + within]
  quarter(block, p0, p0 + quad, p0 + 2 * quad, p0 + 3 * quad)
  quarter(block, p1, p1 + quad, p1 + 2 * quad, p1 + 3 * quad)
  quarter(block, p2, p2 + quad, p2 + 2 * quad, p2 + 3 * quad)
  quarter(block, p3, p3 + quad, p3 + 2 * quad, p3 + 3 * quad)
  quarter(block, p0, p1 + quad, p2 + 2 * quad, p3 + 3 * quad)
  quarter(block, p1, p2 + quad, p3 + 2 * quad, p0 + 3 * quad)
  quarter(block, p2, p3 + quad, p0 + 2 * quad, p1 + 3 * quad)
  quarter(block, p3, p0 + quad, p1 + 2 * quad, p2 + 3 * quad)
}

/**
 * The mixing of BLAKE2b, in which every sum has twice the product of the lower halves added. Written out, with each word
 * in two halves, because nearly all of the time is spent here.
 */
function quarter(w: Uint32Array, a: number, b: number, c: number, d: number): void {
  let al = (w[a] ?? 0) | 0
  let ah = (w[a + 1] ?? 0) | 0
  let bl = (w[b] ?? 0) | 0
  let bh = (w[b + 1] ?? 0) | 0
  let cl = (w[c] ?? 0) | 0
  let ch = (w[c + 1] ?? 0) | 0
  let dl = (w[d] ?? 0) | 0
  let dh = (w[d + 1] ?? 0) | 0
  let turned: number

  ah = sumHigh(al, ah, bl, bh)
  al = sumLow(al, bl)
  turned = dl ^ al
  dl = dh ^ ah
  dh = turned

  ch = sumHigh(cl, ch, dl, dh)
  cl = sumLow(cl, dl)
  turned = bl ^ cl
  bh ^= ch
  bl = (turned >>> 24) | (bh << 8)
  bh = (bh >>> 24) | (turned << 8)

  ah = sumHigh(al, ah, bl, bh)
  al = sumLow(al, bl)
  turned = dl ^ al
  dh ^= ah
  dl = (turned >>> 16) | (dh << 16)
  dh = (dh >>> 16) | (turned << 16)

  ch = sumHigh(cl, ch, dl, dh)
  cl = sumLow(cl, dl)
  turned = bl ^ cl
  bh ^= ch
  bl = (turned << 1) | (bh >>> 31)
  bh = (bh << 1) | (turned >>> 31)

  w[a] = al
  w[a + 1] = ah
  w[b] = bl
  w[b + 1] = bh
  w[c] = cl
  w[c + 1] = ch
  w[d] = dl
  w[d + 1] = dh
}

/** Of x + y + 2 · low(x) · low(y), the lower half. */
const sumLow = (x: number, y: number): number => (x + y + (Math.imul(x, y) << 1)) | 0

/** And the upper. */
function sumHigh(xl: number, xh: number, yl: number, yh: number): number {
  const low = Math.imul(xl, yl)
  const sum = (xl >>> 0) + (yl >>> 0) + ((low << 1) >>> 0)
  const carried = sum >= 0x2_0000_0000 ? 2 : sum >= 0x1_0000_0000 ? 1 : 0
  return (xh + yh + ((high32(xl, yl) << 1) | (low >>> 31)) + carried) | 0
}

/** The upper half of a product of two words. */
function high32(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const outer = Math.imul(a0, b1)
  const inner = Math.imul(a1, b0)
  const middle = (Math.imul(a0, b0) >>> 16) + (outer & 0xffff) + (inner & 0xffff)
  return (Math.imul(a1, b1) + (outer >>> 16) + (inner >>> 16) + (middle >>> 16)) >>> 0
}
