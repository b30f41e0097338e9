/**
 * SCRAM: both sides prove that they know the password (the server: a salted hash of it), and neither learns more.
 * SCRAM-SHA-1 and SCRAM-SHA-256 differ in the hash alone.
 *
 * RFC 5802, RFC 7677.
 */
import { decodeBase64, encodeBase64 } from '#protocol/bytes/base64.ts'
import { strictTextOf, utf8 } from '#protocol/bytes/text.ts'
import type { SaslExchange, SaslStep } from './mechanism.ts'
import { badCredentials, badSyntax, notAvailable, sameProof } from './world.ts'
import type { SaslWorld } from './world.ts'

const iterations = 4096

/** What the server must know of a password. */
type Keys = { readonly storedKey: Uint8Array; readonly serverKey: Uint8Array }

type Begun = {
  readonly username: string
  readonly keys: Keys
  readonly header: string
  readonly nonce: string
  /** client-first-message-bare,server-first-message */
  readonly soFar: string
}

export const scramSha1 = (world: SaslWorld): SaslExchange => scram(world, 'sha1')
export const scramSha256 = (world: SaslWorld): SaslExchange => scram(world, 'sha256')

function scram(world: SaslWorld, hash: 'sha1' | 'sha256'): SaslExchange {
  const { crypto, users } = world
  let begun: Begun | null = null

  const first = async (message: Uint8Array): Promise<SaslStep> => {
    // gs2-header (no channel binding here), user name, client nonce.
    const match = /^([ny],(?:a=([^,]*))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/.exec(
      strictTextOf(message) ?? '',
    )
    const [, header = '', authorization, bare = '', coded = '', clientNonce = ''] = match ?? []
    const username = coded.replace(/=2C/g, ',').replace(/=3D/g, '=')
    if (match === null) return badSyntax(world)
    if (authorization !== undefined && authorization !== coded) return badCredentials(world, username)

    const secret = await users.secret(username)
    if (secret.kind === 'unavailable') return notAvailable(world, username)
    if (secret.kind !== 'password' && secret.kind !== 'scram') return badCredentials(world, username)
    const nonce = clientNonce + encodeBase64(crypto.random(18))
    const salt = secret.kind === 'scram' ? secret.salt : crypto.random(16)
    const rounds = secret.kind === 'scram' ? secret.iterations : iterations
    const keys = secret.kind === 'scram' ? secret : await keysOf(secret.password, salt)
    const challenge = `r=${nonce},s=${encodeBase64(salt)},i=${rounds}`
    begun = { username, keys, header, nonce, soFar: `${bare},${challenge}` }
    return { kind: 'challenge', data: utf8(challenge) }
  }

  const keysOf = async (password: string, salt: Uint8Array): Promise<Keys> => {
    const salted = await crypto.pbkdf2(hash, password, salt, iterations)
    return {
      storedKey: crypto.hash(hash, crypto.hmac(hash, salted, utf8('Client Key'))),
      serverKey: crypto.hmac(hash, salted, utf8('Server Key')),
    }
  }

  const last = async (
    message: Uint8Array,
    { username, keys: { storedKey, serverKey }, header, nonce, soFar }: Begun,
  ): Promise<SaslStep> => {
    const match = /^(c=([^,]+),r=([^,]+)(?:,.*)?),p=([^,]+)$/.exec(strictTextOf(message) ?? '')
    const [, withoutProof = '', binding = '', returned = '', coded = ''] = match ?? []
    const proof = decodeBase64(coded)
    if (match === null || proof === null) return badSyntax(world, username)
    if (binding !== encodeBase64(utf8(header)) || returned !== nonce) return badSyntax(world, username)

    // A proof of another length cannot be one.
    if (proof.length !== storedKey.length) return badSyntax(world, username)
    const everything = utf8(`${soFar},${withoutProof}`)
    const signature = crypto.hmac(hash, storedKey, everything)
    const claimed = proof.map((byte, i) => byte ^ (signature[i] ?? 0))
    if (!sameProof(crypto.hash(hash, claimed), storedKey)) return badCredentials(world, username)

    const verifier = encodeBase64(crypto.hmac(hash, serverKey, everything))
    return { kind: 'ok', username: users.known(username), final: utf8(`v=${verifier}`) }
  }

  return {
    start: (initial) =>
      initial === null ? Promise.resolve({ kind: 'challenge', data: new Uint8Array(0) }) : first(initial),
    next: (response) => (begun === null ? first(response) : last(response, begun)),
  }
}
