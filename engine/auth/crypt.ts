/**
 * crypt(3) as /etc/shadow has it: `$6$` (SHA-512), `$5$` (SHA-256), `$1$` (MD5) and `$2y$` (bcrypt), slow on purpose and
 * salted.
 *
 * crypt(5); U. Drepper, "Unix crypt using SHA-256 and SHA-512".
 */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { bcrypt } from './bcrypt.ts'

const letters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Whether a password has a hash; false too for a hash of a kind that is not known here, or a locked account. */
export function verifyCrypt(password: string, hash: string): boolean {
  const computed = cryptPassword(password, hash)
  if (computed === null || computed.length !== hash.length) return false
  return timingSafeEqual(Buffer.from(computed), Buffer.from(hash))
}

/** A fresh `$6$` hash, as passwd(1) would write it. */
export function hashPassword(password: string): string {
  let salt = ''
  for (let i = 0; i < 16; i++) salt += letters.charAt(randomInt(64))
  return cryptPassword(password, `$6$${salt}$`) ?? ''
}

/** Null when the setting is of no known kind. */
export function cryptPassword(password: string, setting: string): string | null {
  const bytes = Buffer.from(password)
  const sha = /^\$([56])\$(?:rounds=(\d{1,9})\$)?([^$]{0,16})/.exec(setting)
  if (sha) {
    const [, kind = '6', rounds, salt = ''] = sha
    const count = rounds === undefined ? 5000 : Math.min(Math.max(Number(rounds), 1000), 999_999)
    const digest = shaCrypt(kind === '6' ? 'sha512' : 'sha256', bytes, Buffer.from(salt), count)
    const prefix = rounds === undefined ? '' : `rounds=${count}$`
    return `$${kind}$${prefix}${salt}$${encode(digest, kind === '6' ? sha512Order : sha256Order)}`
  }
  const md5 = /^\$1\$([^$]{0,8})/.exec(setting)
  if (md5) {
    const salt = md5[1] ?? ''
    return `$1$${salt}$${encode(md5Crypt(bytes, Buffer.from(salt)), md5Order)}`
  }
  return bcrypt(password, setting)
}

type Hash = 'md5' | 'sha256' | 'sha512'
const digestOf = (name: Hash, ...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash(name)
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** So many bytes of a digest, repeated. */
function stretch(digest: Buffer, length: number): Buffer {
  const whole = Buffer.alloc(length)
  for (let i = 0; i < length; i++) whole[i] = digest[i % digest.length] ?? 0
  return whole
}

function shaCrypt(name: 'sha256' | 'sha512', password: Buffer, salt: Buffer, rounds: number): Buffer {
  const alternate = digestOf(name, password, salt, password)
  const parts = [password, salt, stretch(alternate, password.length)]
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? alternate : password)
  let digest = digestOf(name, ...parts)

  const repeated = (part: Buffer, times: number) => Array.from({ length: times }, () => part)
  const p = stretch(digestOf(name, ...repeated(password, password.length)), password.length)
  const s = stretch(digestOf(name, ...repeated(salt, 16 + (digest[0] ?? 0))), salt.length)
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1
    digest = digestOf(
      name,
      odd ? p : digest,
      ...(round % 3 === 0 ? [] : [s]),
      ...(round % 7 === 0 ? [] : [p]),
      odd ? digest : p,
    )
  }
  return digest
}

function md5Crypt(password: Buffer, salt: Buffer): Buffer {
  const alternate = digestOf('md5', password, salt, password)
  const parts = [password, Buffer.from('$1$'), salt, stretch(alternate, password.length)]
  for (let bits = password.length; bits > 0; bits >>= 1) {
    parts.push(bits & 1 ? Buffer.from([0]) : password.subarray(0, 1))
  }
  let digest = digestOf('md5', ...parts)
  for (let round = 0; round < 1000; round++) {
    const odd = round % 2 === 1
    digest = digestOf(
      'md5',
      odd ? password : digest,
      ...(round % 3 === 0 ? [] : [salt]),
      ...(round % 7 === 0 ? [] : [password]),
      odd ? digest : password,
    )
  }
  return digest
}

/** Which bytes make each group of letters: three, or at the end what is left. */
type Order = readonly (readonly number[])[]

const rotated = (count: number, step: readonly [number, number, number], last: readonly number[]): Order => {
  const groups: (readonly number[])[] = []
  let group: readonly number[] = step
  for (let i = 0; i < count; i++) {
    groups.push(group)
    const [a = 0, b = 0, c = 0] = group
    group = count === 21 ? [b + 1, c + 1, a + 1] : [c + 1, a + 1, b + 1]
  }
  return [...groups, last]
}

const sha512Order = rotated(21, [0, 21, 42], [63])
const sha256Order = rotated(10, [0, 10, 20], [31, 30])
const md5Order: Order = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]]

function encode(digest: Buffer, order: Order): string {
  let text = ''
  for (const group of order) {
    let value = 0
    for (const index of group) value = (value << 8) | (digest[index] ?? 0)
    const count = Math.ceil((group.length * 8) / 6)
    for (let i = 0; i < count; i++) {
      text += letters.charAt(value & 63)
      value >>>= 6
    }
  }
  return text
}
