/**
 * Where Dovecot finds a user's uid, gid, home and mail: a passwd-file, /etc/passwd, one answer for all, or what the
 * password database gave along with the password.
 *
 * Dovecot 2.3, "User databases".
 */
import { expandVariables, type DovecotVariables } from '#config/dovecot-variables.ts'
import type { Machine } from '#engine/machine.ts'
import { parseFields, userFields, type Fields } from './fields.ts'
import type { PasswdFiles } from './passwd-file.ts'

export type UserdbRow =
  { readonly kind: 'found'; readonly fields: Fields } | { readonly kind: 'unknown'; readonly why: string }

export interface Userdb {
  readonly driver: string
  /** `login`: the user has just proven to be one. */
  lookup(user: string, values: DovecotVariables, asked: 'login' | 'lookup'): Promise<UserdbRow>
  /** Every name, for `doveadm user '*'`; none where they cannot be counted. */
  names(): Promise<readonly string[]>
}

export function passwdFileUsers(
  files: PasswdFiles,
  args: { readonly path: string; readonly format: string },
): Userdb {
  return {
    driver: 'passwd-file',
    async lookup(user, values) {
      const path = expandVariables(args.path, values)
      const table = await files(path)
      if (table === null) return { kind: 'unknown', why: `missing passwd file: ${path}` }
      const row = table.rows.get(expandVariables(args.format, values))
      if (row === undefined) return { kind: 'unknown', why: 'unknown user' }
      const fields = new Map<string, string>()
      for (const key of ['uid', 'gid', 'home'] as const) if (row[key] !== '') fields.set(key, row[key])
      for (const [key, value] of userFields(parseFields(row.extra, { ...values, h: row.home })))
        fields.set(key, value)
      return { kind: 'found', fields }
    },
    names: async () => [...((await files(args.path))?.rows.keys() ?? [])],
  }
}

export function systemPasswd(machine: Pick<Machine, 'user' | 'users'>): Userdb {
  return {
    driver: 'passwd',
    async lookup(user) {
      const found = await machine.user(user)
      if (found === null) return { kind: 'unknown', why: 'unknown user' }
      const { name, uid, gid, home } = found
      return {
        kind: 'found',
        fields: new Map([
          ['user', name],
          ['uid', String(uid)],
          ['gid', String(gid)],
          ['home', home],
        ]),
      }
    },
    names: async () =>
      (await machine.users()).filter(({ uid }) => uid >= 1000 && uid < 60_000).map(({ name }) => name),
  }
}

/**
 * `args = uid=vmail gid=vmail home=/srv/%d/%n`. It would answer for anybody; so whether there is such a user is asked of
 * the password databases, unless `allow_all_users=yes`.
 */
export function staticUsers(args: string, exists: (user: string) => Promise<string | null>): Userdb {
  return {
    driver: 'static',
    async lookup(user, values, asked) {
      const fields = new Map(parseFields(args, values))
      const everybody = fields.get('allow_all_users')
      fields.delete('allow_all_users')
      const why = everybody === 'yes' || asked === 'login' ? null : await exists(user)
      return why === null ? { kind: 'found', fields } : { kind: 'unknown', why }
    },
    names: () => Promise.resolve([]),
  }
}

/** What came with the password at the last login; nobody else knows it. */
export function prefetched(last: (user: string) => Fields | null): Userdb {
  return {
    driver: 'prefetch',
    lookup(user) {
      const fields = last(user)
      const given = fields === null ? new Map<string, string>() : userFields(fields)
      return Promise.resolve(
        given.size > 0 ? { kind: 'found', fields: given } : { kind: 'unknown', why: 'unknown user' },
      )
    },
    names: () => Promise.resolve([]),
  }
}
