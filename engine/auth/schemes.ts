/**
 * Password schemes as Dovecot writes them: `{SHA256-CRYPT}$5$…`, `{SSHA}…`, `{PLAIN}…`.
 *
 * doveadm-pw(1).
 */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { verifyCrypt } from './crypt.ts'
import { named } from '#protocol/named.ts'

type Scheme = (password: string, stored: string) => boolean

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

const schemes: Readonly<Record<string, Scheme>> = named({
  PLAIN: clear,
  CLEAR: clear,
  CLEARTEXT: clear,
  CRYPT: verifyCrypt,
  'MD5-CRYPT': verifyCrypt,
  'SHA256-CRYPT': verifyCrypt,
  'SHA512-CRYPT': verifyCrypt,
  MD5: (password, stored) =>
    stored.startsWith('$1$') ? verifyCrypt(password, stored) : digest('md5', 16)(password, stored),
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

/** `unknown scheme`: a row that nobody can log in with, and its administrator should hear of it. */
export function verifyStored(
  password: string,
  stored: string,
  defaultScheme: string,
): 'ok' | 'wrong' | 'unknown scheme' {
  const { scheme, text } = splitScheme(stored, defaultScheme)
  const verify = schemes[scheme]
  if (verify === undefined) return 'unknown scheme'
  return verify(password, text) ? 'ok' : 'wrong'
}

/** The password itself, where the scheme keeps it. */
export function clearPassword(stored: string, defaultScheme: string): string | null {
  const { scheme, text } = splitScheme(stored, defaultScheme)
  return schemes[scheme] === clear ? text : null
}

function splitScheme(stored: string, defaultScheme: string): { scheme: string; text: string } {
  const match = /^\{([^}]+)\}(.*)$/s.exec(stored)
  const [, named = defaultScheme, text = stored] = match ?? []
  // `{SSHA.HEX}` says how the bytes are written; they are recognized without.
  return { scheme: named.toUpperCase().replace(/\.(HEX|B64|BASE64)$/, ''), text }
}
