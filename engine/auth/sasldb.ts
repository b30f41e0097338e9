/**
 * Who is in /etc/sasldb2: the accounts that Cyrus SASL keeps by itself.
 *
 * saslpasswd2(8); the file: engine/protocol/sasl/sasldb.ts.
 */
import type { Disk } from '#platform/disk.ts'
import type { Secret } from '#protocol/sasl/world.ts'
import { parseSasldb, sasldbPath } from '#protocol/sasl/sasldb.ts'
import { watchedFile } from './files.ts'

/** The password of an account; unavailable when there is no database. */
export function openSasldb(disk: Disk, path: string = sasldbPath) {
  const entries = watchedFile(disk, path, parseSasldb)
  return async (user: string, realm: string): Promise<Secret> => {
    const all = await entries()
    if (all === null) return { kind: 'unavailable' }
    const found = all.find((entry) => entry.user === user && (entry.realm ?? realm) === realm)
    return found ? { kind: 'password', password: found.password } : { kind: 'absent' }
  }
}
