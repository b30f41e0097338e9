/**
 * DIGEST-MD5: as CRAM-MD5, and the client challenges the server back, which answers with a proof of its own.
 * Obsolete since RFC 6331; still offered by Cyrus SASL.
 *
 * RFC 2831.
 */
import { concat, strictTextOf, utf8 } from '#protocol/bytes/text.ts'
import { encodeBase64 } from '#protocol/bytes/base64.ts'
import type { SaslExchange, SaslStep } from './mechanism.ts'
import { badCredentials, hex, notAvailable, sameProof } from './world.ts'
import type { SaslWorld } from './world.ts'

export function digestMd5(world: SaslWorld): SaslExchange {
  const { crypto, realm, users } = world
  const nonce = encodeBase64(crypto.random(32))
  const md5 = (data: Uint8Array) => crypto.hash('md5', data)
  const hexMd5 = (text: string) => hex(md5(utf8(text)))

  const check = async (response: Uint8Array): Promise<SaslStep> => {
    const fields = readFields(strictTextOf(response) ?? '')
    const of = (name: string) => fields?.get(name) ?? ''
    const username = of('username')
    if (fields === null || username === '' || of('response') === '') return badCredentials(world, null)
    if (of('nonce') !== nonce) {
      world.complain?.('nonce changed: authentication aborted')
      return badCredentials(world, world.complain === undefined ? username : null)
    }
    const wellMeant =
      of('nc') === '00000001' && of('cnonce') !== '' && (fields.get('qop') ?? 'auth') === 'auth'
    if (!wellMeant) return badCredentials(world, username)

    const secret = await users.secret(username)
    if (secret.kind === 'unavailable') return notAvailable(world, username)
    if (secret.kind !== 'password') return badCredentials(world, username)
    const authorization = fields.has('authzid') ? `:${of('authzid')}` : ''
    const a1 = concat([
      md5(utf8(`${username}:${of('realm')}:${secret.password}`)),
      utf8(`:${nonce}:${of('cnonce')}${authorization}`),
    ])
    const proof = (a2: string) =>
      hexMd5(`${hex(md5(a1))}:${nonce}:${of('nc')}:${of('cnonce')}:auth:${hexMd5(a2)}`)
    const wanted = proof(`AUTHENTICATE:${of('digest-uri')}`)
    if (!sameProof(utf8(wanted), utf8(of('response').toLowerCase()))) return badCredentials(world, username)
    return {
      kind: 'ok',
      username: users.known(username),
      final: utf8(`rspauth=${proof(`:${of('digest-uri')}`)}`),
    }
  }

  return {
    // An initial response would renew an old session; none is kept here, and so a new one begins.
    start: () =>
      Promise.resolve({
        kind: 'challenge',
        data: utf8(`nonce="${nonce}",realm="${realm}",qop="auth",charset=utf-8,algorithm=md5-sess`),
      }),
    next: check,
  }
}

/** `name=value,name="quoted value"`; null when it is something else. */
function readFields(text: string): ReadonlyMap<string, string> | null {
  const fields = new Map<string, string>()
  const field = /\s*([a-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",]*))\s*(?:,|$)/giy
  while (field.lastIndex < text.length) {
    const match = field.exec(text)
    if (match === null) return null
    const [, name = '', quoted, bare] = match
    fields.set(name.toLowerCase(), quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1'))
  }
  return fields
}
