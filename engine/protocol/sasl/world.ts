/**
 * What a mechanism needs of the world: hashes, chance, and somebody who knows the users. Passed in, so that a
 * mechanism is nothing but its own arithmetic.
 */
import type { SaslStep } from './mechanism.ts'

export type HashName = 'md5' | 'sha1' | 'sha256'

export interface SaslCrypto {
  hash(name: HashName, data: Uint8Array): Uint8Array
  hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array
  pbkdf2(name: HashName, password: string, salt: Uint8Array, iterations: number): Promise<Uint8Array>
  /** Bytes that nobody can guess. */
  random(count: number): Uint8Array
}

export type Checked =
  | 'ok'
  | 'wrong'
  | 'unavailable'
  /** Nobody is configured whom one could ask. */
  | 'no verifier'
export type Secret =
  | { readonly kind: 'password'; readonly password: string }
  /** Not the password, but enough for CRAM-MD5. */
  | { readonly kind: 'hmac-md5'; readonly hmac: (data: Uint8Array) => Uint8Array }
  /** Not the password, but enough for SCRAM. */
  | {
      readonly kind: 'scram'
      readonly iterations: number
      readonly salt: Uint8Array
      readonly storedKey: Uint8Array
      readonly serverKey: Uint8Array
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unavailable' }

export interface SaslUsers {
  /** Whether the password is the user's. */
  verify(username: string, password: string): Promise<Checked>
  /** The password itself: CRAM-MD5, DIGEST-MD5 and SCRAM cannot do without. */
  secret(username: string): Promise<Secret>
  /** The name under which a proven user is known: Cyrus may add a realm. */
  known(username: string): string
  /** LOGIN, between name and password: false when there can be no such name. */
  takes?(username: string): boolean
  /** PLAIN for another: who is to be acted for, told before the password. Without it nobody may. */
  actFor?(authorization: string): void
}

/** What a failure is called: Cyrus SASL and Dovecot have other words, or none. */
export type FailureWords = {
  readonly credentials: string
  readonly syntax: string
  readonly unavailable: string
  /** PLAIN without a user name. */
  readonly nobody: {
    readonly failure: 'unavailable' | 'credentials'
    readonly reason: string
    readonly username: string | null
  }
  /** CRAM-MD5 with an initial response, where the server speaks first. */
  readonly early: 'ignored' | 'refused'
}

export type SaslWorld = {
  readonly crypto: SaslCrypto
  readonly users: SaslUsers
  readonly words: FailureWords
  /** The server's name, and the realm of DIGEST-MD5. */
  readonly host: string
  readonly realm: string
  readonly service: string
  /** For the log: what is wrong with a response. Cyrus says it, Dovecot does not. */
  readonly complain?: (what: string) => void
  /** Seconds since 1970: CRAM-MD5 puts it in its challenge. */
  readonly seconds: () => number
}

export const badCredentials = ({ words }: SaslWorld, username: string | null): SaslStep => ({
  kind: 'failed',
  failure: 'credentials',
  reason: words.credentials,
  username,
})

export const badSyntax = ({ words }: SaslWorld, username: string | null = null): SaslStep => ({
  kind: 'failed',
  failure: 'syntax',
  reason: words.syntax,
  username,
})

export const notAvailable = ({ words }: SaslWorld, username: string | null): SaslStep => ({
  kind: 'failed',
  failure: 'unavailable',
  reason: words.unavailable,
  username,
})

/** A name and its password, sent as they are: PLAIN and LOGIN end here. */
export async function checkPassword(world: SaslWorld, username: string, password: string): Promise<SaslStep> {
  if (username === '') return { kind: 'failed', ...world.words.nobody }
  const checked = await world.users.verify(username, password)
  if (checked === 'unavailable') return notAvailable(world, username)
  if (checked === 'no verifier') {
    return { kind: 'failed', failure: 'refused', reason: 'no mechanism available', username }
  }
  return checked === 'ok' ? proven(world, username) : badCredentials(world, username)
}

export const proven = ({ users }: SaslWorld, username: string): SaslStep => ({
  kind: 'ok',
  username: users.known(username),
})

/** Equal, found out in a time that says nothing about where they differ. */
export function sameProof(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
