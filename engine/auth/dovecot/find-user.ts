/**
 * Asks the user databases in turn where somebody's mail is, and under whose uid.
 *
 * Dovecot 2.3, "User databases".
 */
import { expandVariables, userVariables } from '#config/dovecot-variables.ts'
import type { AuthLog, DovecotAuthConfig } from './config.ts'
import { withDefaults, type Fields } from './fields.ts'
import type { Login } from './login.ts'
import { variablesOf } from './passdb.ts'

export type FoundUser =
  | { readonly kind: 'found'; readonly name: string; readonly fields: Fields }
  /** `name`: as it was looked up. */
  | { readonly kind: 'unknown'; readonly name: string }

export async function findUser(
  config: DovecotAuthConfig,
  typed: string,
  asked: {
    readonly for: 'login' | 'lookup'
    readonly service: string
    readonly log: AuthLog
    readonly login: Login | null
  },
): Promise<FoundUser> {
  // After a login the name is what the password databases made of it.
  const name =
    asked.for === 'login' || config.usernameFormat === ''
      ? typed
      : expandVariables(config.usernameFormat, userVariables(typed))
  // No user database at all: everybody is there, and nothing is known.
  if (config.userdbs.length === 0) return { kind: 'found', name, fields: new Map() }
  let found: Fields | null = null
  let driver = ''
  const login = asked.for === 'login' ? asked.login : null
  for (const { userdb, defaults, overrides, on } of config.userdbs) {
    if (userdb.driver === 'prefetch' && asked.for === 'lookup') continue
    const values = variablesOf(name, { s: asked.service })
    const row = await userdb.lookup(name, values, asked.for)
    if (row.kind === 'unknown') {
      if (userdb.driver === 'prefetch') continue
      if (row.why !== 'unknown user') {
        if (config.verbose) asked.log('info', row.why)
      } else if (login !== null) login.say(row.why, userdb.driver)
      driver = userdb.driver
      if (on.failure.startsWith('return')) break
      continue
    }
    found = new Map([...(found ?? []), ...withDefaults(row.fields, defaults(values), overrides(values))])
    if (on.success === 'return-fail') return { kind: 'unknown', name }
    if (!on.success.startsWith('continue')) break
  }
  if (found === null) {
    login?.fault('user not found from userdb', driver)
    return { kind: 'unknown', name }
  }
  return { kind: 'found', name: found.get('user') ?? name, fields: found }
}
