/**
 * Where Dovecot finds passwords: a passwd-file, the system's own users by PAM, one password for all, or what lab.yaml
 * gave.
 *
 * Dovecot 2.3, "Password databases".
 */
import { expandVariables, userVariables, type DovecotVariables } from '#config/dovecot-variables.ts'
import type { Disk } from '#platform/disk.ts'
import type { Checked } from '#protocol/sasl/world.ts'
import { openSasldb } from '../sasldb.ts'
import { openShadow } from '../shadow.ts'
import { parseFields, type Fields } from './fields.ts'
import type { PasswdFiles } from './passwd-file.ts'

export type PassdbRow =
  /** `stored`: with its scheme in braces, or of `scheme`; null: no password is known here. */
  | {
      readonly kind: 'found'
      readonly stored: string | null
      readonly scheme: string
      readonly fields: Fields
    }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'unavailable' }

export interface Passdb {
  /** As in the log: `passwd-file(alice,192.0.2.7): unknown user`. */
  readonly driver: string
  lookup(user: string, values: DovecotVariables): Promise<PassdbRow>
  /** Of those that can say yes or no, and no more. */
  readonly verify?: (user: string, password: string) => Promise<Checked>
}

const none: Fields = new Map()

/** `args = scheme=CRYPT username_format=%n /etc/dovecot/users.%d` */
export function passwdFileDb(
  files: PasswdFiles,
  args: { readonly path: string; readonly scheme: string; readonly format: string },
): Passdb {
  return {
    driver: 'passwd-file',
    async lookup(user, values) {
      const path = expandVariables(args.path, values)
      const table = await files(path)
      if (table === null) return { kind: 'unknown', why: `missing passwd file: ${path}` }
      const row = table.rows.get(expandVariables(args.format, values))
      if (row === undefined) return { kind: 'unknown', why: 'unknown user' }
      const fields = parseFields(row.extra, values)
      return { kind: 'found', stored: row.password, scheme: args.scheme, fields }
    },
  }
}

/** PAM, passwd and shadow: the system's users. It has no clear passwords, so only PLAIN and LOGIN work. */
export function systemUsers(disk: Disk, driver = 'pam'): Passdb {
  return {
    driver,
    verify: openShadow(disk),
    lookup: () => Promise.resolve({ kind: 'found', stored: null, scheme: 'CRYPT', fields: none }),
  }
}

/** System users as they are made by lab.yaml: hashed in /etc/shadow, and in clear in sasldb for CRAM-MD5 and SCRAM. */
export function labUsers(disk: Disk, realm: string): Passdb {
  const sasldb = openSasldb(disk)
  return {
    driver: 'pam',
    verify: openShadow(disk),
    async lookup(user) {
      const secret = await sasldb(user, realm)
      if (secret.kind !== 'password') return { kind: 'unknown', why: 'unknown user' }
      return { kind: 'found', stored: secret.password, scheme: 'PLAIN', fields: none }
    },
  }
}

/** `args = password=test` or `args = nopassword=y allow_nets=192.0.2.0/24`: the same for everybody. */
export function staticDb(args: string): Passdb {
  return {
    driver: 'static',
    lookup(_user, values) {
      const fields = new Map(parseFields(args, values))
      const stored = fields.get('password') ?? null
      const scheme = 'PLAIN'
      fields.delete('password')
      return Promise.resolve({ kind: 'found', stored, scheme, fields })
    },
  }
}

/** A passwd-file at a path, names as they are: for who has no dovecot.conf. */
export const passwdFile = (files: PasswdFiles, path: string, scheme = 'CRYPT'): Passdb =>
  passwdFileDb(files, { path, scheme, format: '%u' })

export const staticPassword = (stored: string): Passdb => ({
  driver: 'static',
  lookup: () => Promise.resolve({ kind: 'found', stored, scheme: 'PLAIN', fields: none }),
})

export const variablesOf = (user: string, more: DovecotVariables): DovecotVariables => ({
  ...userVariables(user),
  ...more,
})
