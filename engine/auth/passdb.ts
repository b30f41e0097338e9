/**
 * Where Dovecot finds passwords: a passwd-file, the system's own users by PAM, one password for all, or sasldb.
 *
 * Dovecot 2.3, "Password databases".
 */
import type { Disk } from '#platform/disk.ts'
import type { Checked, Secret } from '#protocol/sasl/world.ts'
import { watchedFile } from './files.ts'
import { clearPassword, verifyStored } from './schemes.ts'
import { openSasldb } from './sasldb.ts'
import { openShadow } from './shadow.ts'

export interface Passdb {
  verify(username: string, password: string): Promise<Checked>
  secret(username: string): Promise<Secret>
}

/** `user:{SCHEME}hash:…`, a line a user. */
export function passwdFile(disk: Disk, path: string, scheme = 'CRYPT'): Passdb {
  const rows = watchedFile(disk, path, parsePasswdFile)
  return {
    async verify(username, password) {
      const known = await rows()
      if (known === null) return 'unavailable'
      const stored = known.get(username)
      return stored !== undefined && verifyStored(password, stored, scheme) === 'ok' ? 'ok' : 'wrong'
    },
    async secret(username) {
      const known = await rows()
      if (known === null) return { kind: 'unavailable' }
      return secretOf(clearPassword(known.get(username) ?? '{CRYPT}', scheme))
    },
  }
}

/** PAM, passwd and shadow: the system's users. It has no clear passwords, so only PLAIN and LOGIN work. */
export function systemUsers(disk: Disk): Passdb {
  return { verify: openShadow(disk), secret: () => Promise.resolve({ kind: 'absent' }) }
}

/** System users as they are made by lab.yaml: hashed in /etc/shadow, and in clear in sasldb for CRAM-MD5 and SCRAM. */
export function labUsers(disk: Disk, realm: string): Passdb {
  const sasldb = openSasldb(disk)
  return {
    verify: openShadow(disk),
    async secret(username) {
      const secret = await sasldb(username, realm)
      return secret.kind === 'unavailable' ? { kind: 'absent' } : secret
    },
  }
}

/** One password for everybody: for tests of an administrator, and for lessons about them. */
export function staticPassword(stored: string, scheme = 'PLAIN'): Passdb {
  return {
    verify: (_username, password) =>
      Promise.resolve(verifyStored(password, stored, scheme) === 'ok' ? 'ok' : 'wrong'),
    secret: () => Promise.resolve(secretOf(clearPassword(stored, scheme))),
  }
}

const secretOf = (password: string | null): Secret =>
  password === null ? { kind: 'absent' } : { kind: 'password', password }

function parsePasswdFile(text: string): ReadonlyMap<string, string> {
  const rows = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [user = '', stored] = line.split(':', 2)
    if (user !== '' && !user.startsWith('#') && stored !== undefined) rows.set(user, stored)
  }
  return rows
}
