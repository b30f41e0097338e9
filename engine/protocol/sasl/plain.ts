/**
 * PLAIN: authorization identity, user name and password in one answer, as they are. Only TLS hides them.
 *
 * RFC 4616.
 */
import { strictTextOf } from '#protocol/bytes/text.ts'
import type { SaslExchange, SaslStep } from './mechanism.ts'
import { badCredentials, badSyntax, checkPassword } from './world.ts'
import type { SaslWorld } from './world.ts'

export function plain(world: SaslWorld): SaslExchange {
  const check = async (response: Uint8Array): Promise<SaslStep> => {
    const parts = strictTextOf(response)?.split('\0')
    const [authorization, username, password, ...rest] = parts ?? []
    if (authorization === undefined || username === undefined || password === undefined || rest.length > 0) {
      return badSyntax(world)
    }
    if (authorization !== '' && authorization !== username) {
      if (world.users.actFor === undefined) return badCredentials(world, authorization)
      world.users.actFor(authorization)
    }
    return checkPassword(world, username, password)
  }
  return {
    start: (initial) =>
      initial === null ? Promise.resolve({ kind: 'challenge', data: new Uint8Array(0) }) : check(initial),
    next: check,
  }
}
