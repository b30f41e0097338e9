/**
 * Extra fields of an account, as Dovecot's databases give them: `nopassword allow_nets=192.0.2.0/24 userdb_mail=…`.
 *
 * Dovecot 2.3, "Password database extra fields", "User database extra fields".
 */
import { expandVariables, type DovecotVariables } from '#config/dovecot-variables.ts'
import { inNetwork } from '#config/network.ts'

export type Fields = ReadonlyMap<string, string>

/** `a=1 b`: a field without a value is there, and empty. */
export function parseFields(text: string, values: DovecotVariables = {}): Fields {
  const fields = new Map<string, string>()
  for (const word of text.split(/\s+/)) {
    if (word === '') continue
    const equals = word.indexOf('=')
    if (equals < 0) fields.set(word, '')
    else fields.set(word.slice(0, equals), expandVariables(word.slice(equals + 1), values))
  }
  return fields
}

/** What stands before what the database says, and what after. */
export function withDefaults(found: Fields, defaults: Fields, overrides: Fields): Fields {
  return new Map([...defaults, ...found, ...overrides])
}

const prefix = 'userdb_'

/** The fields for the user database, which ride along with a password: their names without `userdb_`. */
export function userFields(fields: Fields): Fields {
  return new Map(
    [...fields].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
    ),
  )
}

/** `allow_nets`: networks between commas. `local`: a client that came by no network, which none is here. */
export const networkAllowed = (networks: string, client: string): boolean =>
  networks.split(/[,\s]+/).some((network) => network !== '' && inNetwork(client, network))
