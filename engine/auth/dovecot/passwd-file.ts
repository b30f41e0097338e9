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

/** `complain`: told once of a file that is not there, and at each reading of rows that are no rows. */
export function passwdFiles(disk: Disk, complain: (text: string) => void): PasswdFiles {
  const open = new Map<string, () => Promise<PasswdTable | null>>()
  const missing = new Set<string>()
  return async (path) => {
    const read = (text: string): PasswdTable => {
      const table = parsePasswdFile(text)
      for (const problem of table.problems) complain(`passwd-file ${path}:${problem}`)
      return table
    }
    const known = open.get(path) ?? watchedFile(disk, path, read)
    open.set(path, known)
    const table = await known()
    if (table === null && !missing.has(path)) {
      missing.add(path)
      complain(`passwd-file ${path}:open(${path}) failed: No such file or directory`)
    }
    return table
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
    const wrongId = [uid, gid].findIndex((id) => id === '0' || /^-\d+$/.test(id))
    if (wrongId >= 0) {
      problems.push(`User ${name} has invalid ${wrongId === 0 ? `UID '${uid}'` : `GID '${gid}'`}`)
      continue
    }
    const forUserdb = line.split(':').length > 2 ? 'yes' : 'no'
    if (password === '' && !line.includes(':')) problems.push(`User ${name} is missing userdb info`)
    rows.set(name, { password, uid, gid, home, extra: extra.join(':'), forUserdb })
  }
  return { rows, problems }
}
