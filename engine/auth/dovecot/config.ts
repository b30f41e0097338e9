/**
 * What dovecot.conf says of logins: mechanisms, `passdb { }` and `userdb { }` in their order, and what follows on each
 * answer.
 *
 * Dovecot 2.3, "Password databases", "User databases".
 */
import type { DovecotSectionView, DovecotSettings } from '#config/dovecot-settings.ts'
import type { DovecotVariables } from '#config/dovecot-variables.ts'
import type { Machine } from '#engine/machine.ts'
import { parseFields, type Fields } from './fields.ts'
import type { PasswdFiles } from './passwd-file.ts'
import { labUsers, passwdFileDb, staticDb, systemUsers, type Passdb } from './passdb.ts'
import { passwdFileUsers, prefetched, staticUsers, systemPasswd, type Userdb } from './userdb.ts'

export type AuthLog = (level: 'info' | 'error', text: string) => void

export type Rule = 'return-ok' | 'return-fail' | 'return' | 'continue' | 'continue-ok' | 'continue-fail'

export type PassdbEntry = {
  readonly passdb: Passdb
  readonly deny: boolean
  readonly pass: 'yes' | 'no'
  readonly skip: 'never' | 'authenticated' | 'unauthenticated'
  /** In lower case; null: for all. */
  readonly mechanisms: readonly string[] | null
  /** username_filter. */
  readonly usernames: (user: string) => boolean
  readonly defaults: (values: DovecotVariables) => Fields
  readonly overrides: (values: DovecotVariables) => Fields
  readonly on: Record<'success' | 'failure' | 'internalFailure', Rule>
}

export type UserdbEntry = Pick<PassdbEntry, 'defaults' | 'overrides' | 'on'> & { readonly userdb: Userdb }

export type DovecotAuthConfig = {
  /** auth_mechanisms, in order. */
  readonly mechanisms: readonly string[]
  readonly passdbs: readonly PassdbEntry[]
  readonly masters: readonly PassdbEntry[]
  readonly userdbs: readonly UserdbEntry[]
  /** auth_username_format; `%Lu` by default: names in lower case. */
  readonly usernameFormat: string
  readonly usernameChars: string
  readonly translation: ReadonlyMap<string, string>
  readonly masterSeparator: string
  /** auth_default_realm. */
  readonly realm: string
  /** Who ANONYMOUS is. */
  readonly anonymous: string
  readonly verbose: boolean
}

export type AuthSources = {
  readonly machine: Pick<Machine, 'disk' | 'name' | 'user' | 'users'>
  readonly files: PasswdFiles
  /** What came with the password of a user's last login. */
  readonly lastFields: (user: string) => Fields | null
  /** Whether a passdb knows the user; null, or why not. */
  readonly exists: (user: string) => Promise<string | null>
}

export function authConfig(settings: DovecotSettings, sources: AuthSources): DovecotAuthConfig {
  const passdbs = settings.sections('passdb').flatMap((section) => passdbEntry(section, sources) ?? [])
  const isMaster = settings.sections('passdb').map((section) => section.get('master') === 'yes')
  const ordinary = passdbs.filter((_entry, i) => isMaster[i] !== true)
  const { machine } = sources
  return {
    mechanisms: settings.list('auth_mechanisms').map((mechanism) => mechanism.toUpperCase()),
    passdbs: passdbs.length > 0 ? ordinary : [entryOf(null, labUsers(machine.disk, machine.name))],
    masters: passdbs.filter((_entry, i) => isMaster[i] === true),
    userdbs: userdbsOf(settings, sources, passdbs.length > 0 ? 'given' : 'none'),
    usernameFormat: settings.text('auth_username_format'),
    usernameChars: settings.text('auth_username_chars'),
    translation: pairs(settings.text('auth_username_translation')),
    masterSeparator: settings.text('auth_master_user_separator').charAt(0),
    realm: settings.text('auth_default_realm'),
    anonymous: settings.text('auth_anonymous_username'),
    verbose:
      settings.flag('auth_verbose') ||
      settings.flag('auth_debug') ||
      !isNo(settings.text('auth_verbose_passwords')),
  }
}

const isNo = (text: string): boolean => text === '' || text === 'no'

/** `#@/@`: each first character becomes the second. */
function pairs(text: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (let i = 0; i + 1 < text.length; i += 2) map.set(text.charAt(i), text.charAt(i + 1))
  return map
}

function userdbsOf(
  settings: DovecotSettings,
  sources: AuthSources,
  passdbs: 'given' | 'none',
): readonly UserdbEntry[] {
  const sections = settings.sections('userdb')
  if (sections.length > 0) return sections.flatMap((section) => userdbEntry(section, sources) ?? [])
  // A host without a configuration of its own has the system's users.
  return passdbs === 'given' ? [] : [entryOfUserdb(null, systemPasswd(sources.machine))]
}

type Args = { readonly path: string; readonly option: (key: string) => string | undefined }

function argsOf(section: DovecotSectionView): Args {
  const words = (section.get('args') ?? '').split(/\s+/).filter((word) => word !== '')
  const isOption = (word: string) => /^\w+=/.test(word)
  return {
    path: words.find((word) => !isOption(word)) ?? '',
    option: (key) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1),
  }
}

/** Null for a driver that has its own chapter: sql, ldap. */
function passdbEntry(section: DovecotSectionView, { machine, files }: AuthSources): PassdbEntry | null {
  const { path, option } = argsOf(section)
  const driver = section.get('driver') ?? ''
  switch (driver) {
    case 'pam':
    case 'shadow':
    case 'passwd':
      return entryOf(section, systemUsers(machine.disk, driver))
    case 'passwd-file': {
      const scheme = (option('scheme') ?? section.get('default_pass_scheme') ?? 'CRYPT').toUpperCase()
      return entryOf(
        section,
        passwdFileDb(files, { path, scheme, format: option('username_format') ?? '%u' }),
      )
    }
    case 'static':
      return entryOf(section, staticDb(section.get('args') ?? ''))
    default:
      return null
  }
}

function userdbEntry(section: DovecotSectionView, sources: AuthSources): UserdbEntry | null {
  const { path, option } = argsOf(section)
  const driver = section.get('driver') ?? ''
  switch (driver) {
    case 'passwd':
    case 'nss':
      return entryOfUserdb(section, systemPasswd(sources.machine))
    case 'passwd-file':
      return entryOfUserdb(
        section,
        passwdFileUsers(sources.files, { path, format: option('username_format') ?? '%u' }),
      )
    case 'static':
      return entryOfUserdb(section, staticUsers(section.get('args') ?? '', sources.exists))
    case 'prefetch':
      return entryOfUserdb(section, prefetched(sources.lastFields))
    default:
      return null
  }
}

const fieldsOf = (section: DovecotSectionView | null, key: string) => (values: DovecotVariables) =>
  parseFields(section?.get(key) ?? '', values)

const ruleOf = (section: DovecotSectionView | null, key: string, standard: Rule): Rule =>
  (section?.get(key) as Rule | null | undefined) ?? standard

export function entryOf(section: DovecotSectionView | null, passdb: Passdb): PassdbEntry {
  const skip = section?.get('skip')
  const mechanisms = (section?.get('mechanisms') ?? '').toLowerCase().split(/[\s,]+/)
  return {
    passdb,
    deny: section?.get('deny') === 'yes',
    pass: section?.get('pass') === 'yes' ? 'yes' : 'no',
    skip: skip === 'authenticated' || skip === 'unauthenticated' ? skip : 'never',
    mechanisms: mechanisms.join('') === '' ? null : mechanisms,
    usernames: nameFilter(section?.get('username_filter') ?? ''),
    ...commonOf(section),
  }
}

const entryOfUserdb = (section: DovecotSectionView | null, userdb: Userdb): UserdbEntry => ({
  userdb,
  ...commonOf(section),
})

const commonOf = (section: DovecotSectionView | null) => ({
  defaults: fieldsOf(section, 'default_fields'),
  overrides: fieldsOf(section, 'override_fields'),
  on: {
    success: ruleOf(section, 'result_success', 'return-ok'),
    failure: ruleOf(section, 'result_failure', 'continue'),
    internalFailure: ruleOf(section, 'result_internalfail', 'continue'),
  },
})

/** `*@example.com !root`: one that fits is enough; one with `!` that fits excludes. */
function nameFilter(text: string): (user: string) => boolean {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  const wanted = words.filter((word) => !word.startsWith('!')).map(wildcard)
  const unwanted = words.filter((word) => word.startsWith('!')).map((word) => wildcard(word.slice(1)))
  return (user) =>
    !unwanted.some((one) => one.test(user)) && (wanted.length === 0 || wanted.some((one) => one.test(user)))
}

const wildcard = (mask: string): RegExp =>
  new RegExp(
    `^${mask
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replace(/\?/g, '.')}$`,
  )
