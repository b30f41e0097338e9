/**
 * LOGIN: asks for the user name, then for the password. Older than SASL's rules, never standardized, still spoken.
 *
 * draft-murchison-sasl-login.
 */
import { textOf, utf8 } from '#protocol/bytes/text.ts'
import type { SaslExchange, SaslStep } from './mechanism.ts'
import { badCredentials, checkPassword } from './world.ts'
import type { SaslWorld } from './world.ts'

export function login(world: SaslWorld): SaslExchange {
  let username: string | null = null
  const askPassword = (name: Uint8Array): Promise<SaslStep> => {
    username = textOf(name)
    if (world.users.takes?.(username) === false) return Promise.resolve(badCredentials(world, username))
    return Promise.resolve({ kind: 'challenge', data: utf8('Password:') })
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
