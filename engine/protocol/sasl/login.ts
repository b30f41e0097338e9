/**
 * LOGIN: asks for the user name, then for the password. Older than SASL's rules, never standardized, still spoken.
 *
 * draft-murchison-sasl-login.
 */
import { textOf, utf8 } from '#protocol/bytes/text.ts'
import type { SaslExchange } from './mechanism.ts'
import { checkPassword } from './world.ts'
import type { SaslWorld } from './world.ts'

export function login(world: SaslWorld): SaslExchange {
  let username: string | null = null
  const askPassword = (name: Uint8Array) => {
    username = textOf(name)
    return Promise.resolve({ kind: 'challenge', data: utf8('Password:') } as const)
  }
  return {
    start(initial) {
      // An empty initial response is as good as none: Dovecot asks for the name then.
      if (initial !== null && initial.length > 0) return askPassword(initial)
      return Promise.resolve({ kind: 'challenge', data: utf8('Username:') })
    },
    next: (response) =>
      username === null ? askPassword(response) : checkPassword(world, username, textOf(response)),
  }
}
