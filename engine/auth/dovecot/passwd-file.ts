/**
 * A passwd-file: `user:{SCHEME}password:uid:gid:gecos:home:shell:extra fields`, a line a user. One file may serve as
 * password database, as user database, or as both.
 *
 * Dovecot 2.3, "Passwd-file".
 */
import type { Disk } from '#platform/disk.ts'
import { watchedFile } from '../files.ts'

export type PasswdRow = {
  readonly password: string
  readonly uid: string
  readonly gid: string
  readonly home: string
  /** As written, variables and all. */
  readonly extra: string
  /** Whether anything follows the password. */
  readonly forUserdb: 'yes' | 'no'
}

export type PasswdTable = {
  readonly rows: ReadonlyMap<string, PasswdRow>
  readonly problems: readonly string[]
}

/** Null: there is no such file. */
export type PasswdFiles = (path: string) => Promise<PasswdTable | null>

export function passwdFiles(disk: Disk): PasswdFiles {
  const open = new Map<string, () => Promise<PasswdTable | null>>()
  return (path) => {
    const known = open.get(path) ?? watchedFile(disk, path, parsePasswdFile)
    open.set(path, known)
    return known()
  }
}

export function parsePasswdFile(text: string): PasswdTable {
  const rows = new Map<string, PasswdRow>()
  const problems: string[] = []
  for (const line of text.split('\n')) {
    if (line === '' || /^[#:]/.test(line)) continue
    const [name = '', password = '', uid = '', gid = '', , home = '', , ...extra] = line
      .replace(/\r$/, '')
      .split(':')
    if (rows.has(name)) {
      problems.push(`User ${name} exists more than once`)
      continue
    }
    const forUserdb = line.split(':').length > 2 ? 'yes' : 'no'
    if (password === '' && !line.includes(':')) problems.push(`User ${name} is missing userdb info`)
    rows.set(name, { password, uid, gid, home, extra: extra.join(':'), forUserdb })
  }
  return { rows, problems }
}
