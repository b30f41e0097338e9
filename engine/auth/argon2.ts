/**
 * Argon2i and Argon2id: a hash of passwords that costs memory as well as time, so that it is dear to try many at once.
 *
 * RFC 9106; written as `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`.
 */
import { timingSafeEqual } from 'node:crypto'
import { argon2i, argon2id } from '@noble/hashes/argon2.js'

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
/** RFC 9106 §3.1. */
const shortestSalt = 8

const hashOf = (
  kind: Argon2Kind,
  password: string,
  salt: Uint8Array,
  { memory, passes, lanes }: Argon2Costs,
  length: number,
): Uint8Array => {
  const costs = { m: memory, t: passes, p: lanes, dkLen: length }
  return (kind === 'argon2i' ? argon2i : argon2id)(Buffer.from(password), salt, costs)
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
  const salted = Buffer.from(salt, 'base64')
  if (salted.length < shortestSalt) return false
  const found = hashOf(kind === 'argon2i' ? 'argon2i' : 'argon2id', password, salted, costs, wanted.length)
  return timingSafeEqual(found, wanted)
}

export function writeArgon2(
  kind: Argon2Kind,
  password: string,
  salt: Uint8Array,
  costs: Argon2Costs,
): string {
  const hash = hashOf(kind, password, salt, costs, 32)
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '')
  return `$${kind}$v=19$m=${costs.memory},t=${costs.passes},p=${costs.lanes}$${text(salt)}$${text(hash)}`
}
