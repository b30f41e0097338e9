/**
 * A password as Dovecot stores it: `{SSHA512}…`, `{CRYPT}$2y$05$…`; what `doveadm pw` prints.
 *
 * doveadm-pw(1).
 */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { named } from '#protocol/named.ts'
import { writeArgon2, type Argon2Kind } from './argon2.ts'
import { bcrypt, bcryptSetting } from './bcrypt.ts'
import { cryptPassword } from './crypt.ts'
import { hmacStates } from './md5-state.ts'

/** A password that cannot be made, in the words of doveadm. */
export class MakingError extends Error {}

type Ingredients = {
  readonly password: string
  readonly user: string
  /** `-r`; null: the scheme's own. */
  readonly rounds: number | null
  readonly random: (count: number) => Uint8Array
}

type Maker = (from: Ingredients) => Buffer | string

const letters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const saltText = (random: Ingredients['random'], length: number): string =>
  Array.from(random(length), (byte) => letters.charAt(byte & 63)).join('')

const digest =
  (name: string): Maker =>
  ({ password }) =>
    createHash(name).update(password).digest()

const salted =
  (name: string): Maker =>
  ({ password, random }) => {
    const salt = random(4)
    return Buffer.concat([createHash(name).update(password).update(salt).digest(), salt])
  }

const crypt =
  (kind: string, length: number): Maker =>
  ({ password, rounds, random }) => {
    const many = rounds === null || kind === '1' ? '' : `rounds=${rounds}$`
    return cryptPassword(password, `$${kind}$${many}${saltText(random, length)}$`) ?? ''
  }

const blowfish: Maker = ({ password, rounds, random }) =>
  bcrypt(password, bcryptSetting(Math.max(4, rounds ?? 5), random(16))) ?? ''

/** The rounds tell how much memory is taken as well. */
const argon2 =
  (kind: Argon2Kind): Maker =>
  ({ password, rounds, random }) => {
    const wanted = rounds ?? (kind === 'argon2i' ? 4 : 2)
    if (kind === 'argon2i' && wanted < 3)
      throw new MakingError(`crypto_pwhash_${kind}_str failed: Invalid argument`)
    const megabytes =
      kind === 'argon2i'
        ? wanted < 6
          ? 32
          : wanted < 8
            ? 128
            : 512
        : wanted < 3
          ? 64
          : wanted < 4
            ? 256
            : 1024
    if (megabytes > 256) throw new MakingError(`crypto_pwhash_${kind}_str failed: Cannot allocate memory`)
    const costs = { memory: megabytes * 1024, passes: Math.max(3, wanted), lanes: 1 }
    return writeArgon2(kind, password, random(16), costs)
  }

const clear: Maker = ({ password }) => password

const scram =
  (name: 'sha1' | 'sha256', length: number): Maker =>
  ({ password, rounds, random }) => {
    const [salt, count] = [random(16), rounds ?? 4096]
    const salting = pbkdf2Sync(password, salt, count, length, name)
    const clientKey = createHmac(name, salting).update('Client Key').digest()
    const keys = [
      createHash(name).update(clientKey).digest(),
      createHmac(name, salting).update('Server Key').digest(),
    ]
    return [count, Buffer.from(salt).toString('base64'), ...keys.map((key) => key.toString('base64'))].join(
      ',',
    )
  }

const pbkdf2: Maker = ({ password, rounds, random }) => {
  const [salt, count] = [saltText(random, 16), rounds ?? 5000]
  return `$1$${salt}$${count}$${pbkdf2Sync(password, salt, count, 20, 'sha1').toString('hex')}`
}

const digestMd5: Maker = ({ password, user }) => {
  if (user === '') throw new MakingError('digest_md5_generate(): username not given')
  const [name = '', realm = ''] = user.split('@')
  return createHash('md5').update(`${name}:${realm}:${password}`).digest('hex')
}

const cramMd5: Maker = ({ password }) => hmacStates(password).toString('hex')

/** In the order in which `doveadm pw -l` has them; null: made elsewhere only. */
const makers: Readonly<Record<string, Maker | null>> = named<Maker | null>({
  SHA1: digest('sha1'),
  SSHA512: salted('sha512'),
  'SCRAM-SHA-256': scram('sha256', 32),
  'BLF-CRYPT': blowfish,
  PLAIN: clear,
  'HMAC-MD5': cramMd5,
  OTP: null,
  SHA512: digest('sha512'),
  SHA: digest('sha1'),
  'DES-CRYPT': null,
  CRYPT: blowfish,
  SSHA: salted('sha1'),
  'MD5-CRYPT': crypt('1', 8),
  'PLAIN-MD4': null,
  'PLAIN-MD5': ({ password }) => createHash('md5').update(password).digest('hex'),
  'SCRAM-SHA-1': scram('sha1', 20),
  'SHA512-CRYPT': crypt('6', 16),
  CLEAR: clear,
  CLEARTEXT: clear,
  ARGON2I: argon2('argon2i'),
  ARGON2ID: argon2('argon2id'),
  SSHA256: salted('sha256'),
  MD5: crypt('1', 8),
  PBKDF2: pbkdf2,
  SHA256: digest('sha256'),
  'CRAM-MD5': cramMd5,
  'PLAIN-TRUNC': clear,
  'SHA256-CRYPT': crypt('5', 16),
  SMD5: salted('md5'),
  'DIGEST-MD5': digestMd5,
  'LDAP-MD5': digest('md5'),
})

export const schemeNames: readonly string[] = Object.keys(makers)

/** With its scheme in braces; null: the scheme is unknown, or not made here. */
export function makeStored(scheme: string, from: Ingredients): string | null {
  const [, name = '', encoding] = /^(.*?)(?:\.(HEX|B64|BASE64))?$/.exec(scheme.toUpperCase()) ?? []
  const made = makers[name]?.(from)
  if (made === undefined) return null
  const isHex = encoding === 'HEX'
  if (typeof made !== 'string') return `{${scheme}}${made.toString(isHex ? 'hex' : 'base64')}`
  const text = encoding === undefined ? made : Buffer.from(made).toString(isHex ? 'hex' : 'base64')
  return `{${scheme}}${text}`
}
