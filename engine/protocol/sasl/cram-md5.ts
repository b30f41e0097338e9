/**
 * CRAM-MD5: the server sends a text that never comes again; the client answers with its name and a keyed digest of
 * that text. The password stays home, but the server must know it in clear.
 *
 * RFC 2195.
 */
import { strictTextOf, utf8 } from '#protocol/bytes/text.ts'
import type { SaslExchange } from './mechanism.ts'
import { badCredentials, badSyntax, hex, notAvailable, proven, sameProof } from './world.ts'
import type { SaslWorld } from './world.ts'

export function cramMd5(world: SaslWorld): SaslExchange {
  const { crypto, host, users } = world
  const digits = new DataView(crypto.random(8).slice().buffer).getBigUint64(0)
  const challenge = utf8(`<${digits}.${world.seconds()}@${host}>`)
  return {
    // The server speaks first: an initial response is out of order.
    start: (initial) =>
      Promise.resolve(
        initial === null || world.words.early === 'ignored'
          ? { kind: 'challenge', data: challenge }
          : badSyntax(world),
      ),

    async next(response) {
      const text = strictTextOf(response)
      const space = text?.lastIndexOf(' ') ?? -1
      if (text === null || space <= 0) {
        world.complain?.('need authentication name')
        return badSyntax(world)
      }
      const username = text.slice(0, space)
      const secret = await users.secret(username)
      if (secret.kind === 'unavailable') return notAvailable(world, username)
      const digest =
        secret.kind === 'password'
          ? crypto.hmac('md5', utf8(secret.password), challenge)
          : secret.kind === 'hmac-md5'
            ? secret.hmac(challenge)
            : null
      if (digest === null) return badCredentials(world, username)
      const wanted = utf8(hex(digest))
      const given = utf8(text.slice(space + 1).toLowerCase())
      return sameProof(wanted, given) ? proven(world, username) : badCredentials(world, username)
    },
  }
}
