/**
 * APOP: the greeting of a POP3 server carries a text that never comes again, the client answers with the MD5 of that
 * text and its password. Not a mechanism that anyone announces; POP3 alone hands it over, as one response:
 * challenge NUL name NUL digest.
 *
 * RFC 1939 §7.
 */
import { concat, textOf, utf8 } from '#protocol/bytes/text.ts'
import type { SaslExchange } from './mechanism.ts'
import { badCredentials, badSyntax, notAvailable, proven, sameProof, type SaslWorld } from './world.ts'

export function apop(world: SaslWorld): SaslExchange {
  return {
    async start(initial) {
      if (initial === null) return badSyntax(world)
      const first = initial.indexOf(0)
      const second = initial.indexOf(0, first + 1)
      if (first < 0 || second < 0) return badSyntax(world)
      const challenge = initial.subarray(0, first)
      const username = textOf(initial.subarray(first + 1, second))
      const secret = await world.users.secret(username)
      if (secret.kind === 'unavailable') return notAvailable(world, username)
      if (secret.kind !== 'password') return badCredentials(world, username)
      const wanted = world.crypto.hash('md5', concat([challenge, utf8(secret.password)]))
      return sameProof(wanted, initial.subarray(second + 1))
        ? proven(world, username)
        : badCredentials(world, username)
    },
    next: () => Promise.resolve(badSyntax(world)),
  }
}
