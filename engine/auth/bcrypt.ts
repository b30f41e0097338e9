/**
 * bcrypt, `$2y$05$…`: Blowfish with a key schedule that is slow on purpose; what `{BLF-CRYPT}` is, and `{CRYPT}` of Dovecot.
 *
 * N. Provos, D. Mazières, "A Future-Adaptable Password Scheme"; crypt(5).
 */
const letters = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

type Schedule = { readonly p: Uint32Array; readonly s: Uint32Array }

/** Null when the setting is none of bcrypt's. */
export function bcrypt(password: string, setting: string): string | null {
  const found = /^\$2([abxy])\$(\d\d)\$([./A-Za-z0-9]{22})/.exec(setting)
  if (found === null) return null
  const [, kind = 'y', cost = '05', coded = ''] = found
  if (Number(cost) < 4 || Number(cost) > 14) return null
  const salt = decode(coded, 16)
  const key = Buffer.concat([Buffer.from(password), Buffer.from([0])]).subarray(0, 72)
  const schedule = expensive(key, salt, 2 ** Number(cost))
  // The last byte of the result is left out, as it was in the first implementation.
  const bytes = encrypted(schedule).subarray(0, 23)
  return `$2${kind}$${cost}$${encode(salt)}${encode(bytes)}`
}

export const bcryptSetting = (cost: number, salt: Uint8Array): string =>
  `$2y$${String(cost).padStart(2, '0')}$${encode(salt)}`

/** Blowfish's boxes begin as the digits of π. */
let digits: Uint32Array | null = null

function boxes(): Schedule {
  digits ??= fractionOfPi(18 + 1024)
  return { p: digits.slice(0, 18), s: digits.slice(18) }
}

/** So many words of 32 bits after the point, by Machin's formula. */
function fractionOfPi(words: number): Uint32Array {
  const spare = 64n
  const bits = BigInt(words * 32) + spare
  const one = 1n << bits
  const arctangent = (x: bigint): bigint => {
    let power = one / x
    let sum = power
    for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
      power /= x * x
      sum += sign * (power / n)
    }
    return sum
  }
  const pi = 4n * (4n * arctangent(5n) - arctangent(239n))
  const fraction = ((pi - 3n * one) >> spare).toString(16).padStart(words * 8, '0')
  return Uint32Array.from({ length: words }, (_none, i) => parseInt(fraction.slice(8 * i, 8 * i + 8), 16))
}

function expensive(key: Uint8Array, salt: Uint8Array, rounds: number): Schedule {
  const schedule = boxes()
  expand(schedule, key, salt)
  const none = new Uint8Array(16)
  for (let i = 0; i < rounds; i++) {
    expand(schedule, key, none)
    expand(schedule, salt, none)
  }
  return schedule
}

function wordAt(bytes: Uint8Array, at: number): number {
  let word = 0
  for (let i = 0; i < 4; i++) word = (word << 8) | (bytes[(at + i) % bytes.length] ?? 0)
  return word >>> 0
}

function expand({ p, s }: Schedule, key: Uint8Array, salt: Uint8Array): void {
  for (let i = 0; i < 18; i++) p[i] = (p[i] ?? 0) ^ wordAt(key, 4 * i)
  const block = new Uint32Array(2)
  let at = 0
  for (const box of [p, s]) {
    for (let i = 0; i < box.length; i += 2) {
      block[0] = (block[0] ?? 0) ^ wordAt(salt, at)
      block[1] = (block[1] ?? 0) ^ wordAt(salt, at + 4)
      at = (at + 8) % 16
      encipher({ p, s }, block)
      box[i] = block[0]
      box[i + 1] = block[1]
    }
  }
}

function encipher({ p, s }: Schedule, block: Uint32Array): void {
  let left = (block[0] ?? 0) ^ (p[0] ?? 0)
  let right = block[1] ?? 0
  for (let i = 1; i < 17; i += 2) {
    right ^= mixed(s, left) ^ (p[i] ?? 0)
    left ^= mixed(s, right) ^ (p[i + 1] ?? 0)
  }
  block[0] = right ^ (p[17] ?? 0)
  block[1] = left
}

const mixed = (s: Uint32Array, x: number): number =>
  (((((s[x >>> 24] ?? 0) + (s[256 + ((x >>> 16) & 255)] ?? 0)) ^ (s[512 + ((x >>> 8) & 255)] ?? 0)) >>> 0) +
    (s[768 + (x & 255)] ?? 0)) |
  0

function encrypted(schedule: Schedule): Buffer {
  const text = Buffer.from('OrpheanBeholderScryDoubt')
  const block = new Uint32Array(2)
  for (let at = 0; at < text.length; at += 8) {
    block[0] = text.readUInt32BE(at)
    block[1] = text.readUInt32BE(at + 4)
    for (let i = 0; i < 64; i++) encipher(schedule, block)
    text.writeUInt32BE(block[0], at)
    text.writeUInt32BE(block[1], at + 4)
  }
  return text
}

/** base64 with an alphabet of its own, and no padding. */
function encode(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const count = Math.min(4, Math.ceil(((bytes.length - i) * 8) / 6))
    for (let j = 0; j < count; j++) text += letters.charAt((group >> (18 - 6 * j)) & 63)
  }
  return text
}

function decode(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of text) {
    held = (held << 6) | letters.indexOf(letter)
    bits += 6
    if (bits < 8) continue
    bits -= 8
    if (at < length) bytes[at++] = (held >> bits) & 255
  }
  return bytes
}
