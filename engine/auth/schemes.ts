/**
 * Password schemes as Dovecot writes them: `{SHA256-CRYPT}$5$…`, `{SSHA}…`, `{PLAIN}…`.
 *
 * doveadm-pw(1).
 */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import type { Secret } from '#protocol/sasl/world.ts'
import { verifyArgon2 } from './argon2.ts'
import { verifyCrypt } from './crypt.ts'
import { hmacFromStates, hmacStates } from './md5-state.ts'
import { named } from '#protocol/named.ts'

type Scheme = (password: string, stored: string, user: string) => boolean

const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && timingSafeEqual(a, b)
/** Hexadecimal when it is all digits of that and as long as a digest; else base64. */
const bytesOf = (text: string, length: number): Buffer =>
  text.length >= length * 2 && /^[0-9a-f]+$/i.test(text)
    ? Buffer.from(text, 'hex')
    : Buffer.from(text, 'base64')

const digest =
  (name: 'md5' | 'sha1' | 'sha256' | 'sha512', length: number): Scheme =>
  (password, stored) =>
    same(createHash(name).update(password).digest(), bytesOf(stored, length))

const salted =
  (name: 'md5' | 'sha1' | 'sha256' | 'sha512', length: number): Scheme =>
  (password, stored) => {
    const bytes = bytesOf(stored, length)
    const salt = bytes.subarray(length)
    return same(createHash(name).update(password).update(salt).digest(), bytes.subarray(0, length))
  }

const clear: Scheme = (password, stored) => same(Buffer.from(password), Buffer.from(stored))

/** `5-secre`: only so many characters count. */
const truncated: Scheme = (password, stored) => {
  const [, length, start = stored] = /^(\d+)-(.*)$/s.exec(stored) ?? []
  return clear(length === undefined ? password : password.slice(0, Number(length)), start, '')
}

/** iterations,salt,StoredKey,ServerKey */
const scram =
  (name: 'sha1' | 'sha256', length: number): Scheme =>
  (password, stored) => {
    const [iterations = '', salt = '', storedKey = ''] = stored.split(',')
    const count = Number(iterations)
    if (!Number.isInteger(count) || count < 1 || count > 1_000_000) return false
    const saltedPassword = pbkdf2Sync(password, Buffer.from(salt, 'base64'), count, length, name)
    const clientKey = createHmac(name, saltedPassword).update('Client Key').digest()
    return same(createHash(name).update(clientKey).digest(), Buffer.from(storedKey, 'base64'))
  }

/** `$1$salt$rounds$` and the key, in hexadecimal. */
const pbkdf2: Scheme = (password, stored) => {
  const [, kind, salt = '', rounds = '', key = ''] = stored.split('$')
  const count = Number(rounds)
  if (kind !== '1' || !Number.isInteger(count) || count < 1 || count > 1_000_000) return false
  return same(pbkdf2Sync(password, salt, count, 20, 'sha1'), Buffer.from(key, 'hex'))
}

/** The states of HMAC-MD5 that CRAM-MD5 needs. */
const cramMd5: Scheme = (password, stored) => same(hmacStates(password), bytesOf(stored, 32))

/** MD5 of user:realm:password, as DIGEST-MD5 needs it. */
const digestMd5: Scheme = (password, stored, user) => {
  const at = user.indexOf('@')
  const name = at < 0 ? `${user}:` : `${user.slice(0, at)}:${user.slice(at + 1)}`
  return same(createHash('md5').update(`${name}:${password}`).digest(), bytesOf(stored, 16))
}

const schemes: Readonly<Record<string, Scheme>> = named({
  PLAIN: clear,
  CLEAR: clear,
  CLEARTEXT: clear,
  CRYPT: verifyCrypt,
  'BLF-CRYPT': verifyCrypt,
  'DES-CRYPT': verifyCrypt,
  PBKDF2: pbkdf2,
  ARGON2I: verifyArgon2,
  ARGON2ID: verifyArgon2,
  'PLAIN-TRUNC': truncated,
  'CRAM-MD5': cramMd5,
  'HMAC-MD5': cramMd5,
  'DIGEST-MD5': digestMd5,
  'MD5-CRYPT': verifyCrypt,
  'SHA256-CRYPT': verifyCrypt,
  'SHA512-CRYPT': verifyCrypt,
  MD5: (password, stored, user) =>
    stored.startsWith('$1$') ? verifyCrypt(password, stored) : digest('md5', 16)(password, stored, user),
  'PLAIN-MD5': digest('md5', 16),
  'LDAP-MD5': digest('md5', 16),
  SHA: digest('sha1', 20),
  SHA1: digest('sha1', 20),
  SHA256: digest('sha256', 32),
  SHA512: digest('sha512', 64),
  SMD5: salted('md5', 16),
  SSHA: salted('sha1', 20),
  SSHA256: salted('sha256', 32),
  SSHA512: salted('sha512', 64),
  'SCRAM-SHA-1': scram('sha1', 20),
  'SCRAM-SHA-256': scram('sha256', 32),
})

export type Checking =
  | { readonly kind: 'ok' | 'wrong' }
  /** A row that nobody can log in with, and its administrator should hear of it. */
  | {
      readonly kind: 'bad'
      readonly at: 'decoding' | 'verifying'
      readonly problem: string
      readonly why: string
    }

export function checkStored(password: string, stored: string, defaultScheme: string, user: string): Checking {
  const { scheme, text, encoding } = splitScheme(stored, defaultScheme)
  const verify = schemes[scheme]
  if (verify === undefined)
    return { kind: 'bad', at: 'decoding', problem: 'Unknown scheme', why: `Unknown scheme ${scheme}` }
  if (stored === '') return { kind: 'wrong' }
  const illegible = decodingProblem(scheme, encoding, textOf(stored))
  if (illegible !== null) {
    const why = `Password data is not valid for scheme ${scheme}: ${illegible}`
    return { kind: 'bad', at: 'decoding', problem: illegible, why }
  }
  const problem = verifyingProblem(scheme, text)
  if (problem !== null)
    return { kind: 'bad', at: 'verifying', problem, why: `Invalid password in passdb: ${problem}` }
  return { kind: verify(password, text, user) ? 'ok' : 'wrong' }
}

const textOf = (stored: string): string => stored.replace(/^\{[^}]*\}/, '')

/** As it is written, or in base64: what no digest is. */
const asText = /CRYPT|PLAIN$|PLAIN-TRUNC|CLEAR|PBKDF2|SCRAM|ARGON2|^MD5$|OTP/

function decodingProblem(scheme: string, encoding: Encoding, text: string): string | null {
  const isHex = /^(?:[0-9a-f]{2})*$/i.test(text)
  if (encoding === 'HEX') return isHex ? null : "Input isn't valid HEX encoded data"
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1
  if (encoding === 'BASE64') return isBase64 ? null : notBase64
  return asText.test(scheme) || isHex || (isBase64 && text.length % 4 === 0) ? null : notBase64
}

const notBase64 = "Input isn't valid base64 encoded data"

const digestLength: Readonly<Record<string, number>> = named({ SMD5: 16, SSHA: 20, SSHA256: 32, SSHA512: 64 })

function verifyingProblem(scheme: string, text: string): string | null {
  const length = digestLength[scheme]
  if (length !== undefined && bytesOf(text, length).length <= length) return `${scheme} password is too short`
  switch (scheme) {
    case 'MD5':
      return text.startsWith('$1$') || /^[0-9a-f]{32}$/i.test(text)
        ? null
        : 'Not a valid MD5-CRYPT or PLAIN-MD5 password'
    case 'BLF-CRYPT':
      return /^\$2.\$.{55,}$/.test(text) ? null : 'Password is not blowfish password'
    case 'PBKDF2':
      return /\$[0-9a-f]{40}$/i.test(text) ? null : 'PBKDF2 hash not 160bit hex-encoded'
    default:
      return null
  }
}

/** What a mechanism may use that must know the password; a text: only this scheme is there. */
export function secretIn(stored: string, defaultScheme: string, mechanism: string): Secret | string {
  const { scheme, text } = splitScheme(stored, defaultScheme)
  if (schemes[scheme] === clear) return { kind: 'password', password: text }
  if (mechanism === 'CRAM-MD5' && schemes[scheme] === cramMd5) {
    const states = bytesOf(text, 32)
    return { kind: 'hmac-md5', hmac: (data) => hmacFromStates(states, data) }
  }
  if (mechanism !== scheme || !mechanism.startsWith('SCRAM')) return scheme
  const [iterations = '', salt = '', storedKey = '', serverKey = ''] = text.split(',')
  return {
    kind: 'scram',
    iterations: Number(iterations),
    salt: Buffer.from(salt, 'base64'),
    storedKey: Buffer.from(storedKey, 'base64'),
    serverKey: Buffer.from(serverKey, 'base64'),
  }
}

/** `{SHA.HEX}`, `{PLAIN.b64}`; null: as the scheme has it. */
type Encoding = 'HEX' | 'BASE64' | null

function splitScheme(
  stored: string,
  defaultScheme: string,
): { scheme: string; text: string; encoding: Encoding } {
  const match = /^\{([^}]+)\}(.*)$/s.exec(stored)
  const [, named = defaultScheme, text = stored] = match ?? []
  const [, scheme = '', encoding] = /^(.*?)(?:\.(HEX|B64|BASE64))?$/.exec(named.toUpperCase()) ?? []
  if (encoding === undefined) return { scheme, text, encoding: null }
  // Digests are recognized however they are written; a password is not.
  const bytes = Buffer.from(text, encoding === 'HEX' ? 'hex' : 'base64')
  const isText = asText.test(scheme)
  return {
    scheme,
    text: isText ? bytes.toString() : bytes.toString('base64'),
    encoding: encoding === 'HEX' ? 'HEX' : 'BASE64',
  }
}
