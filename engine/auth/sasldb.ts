/**
 * /etc/sasldb2: the passwords that Cyrus SASL keeps in clear, because CRAM-MD5 and its kin need them. The real one is
 * a Berkeley DB; ours is text, a line an account: `alice@mail.example.com:userPassword:wonderland`. A line without a
 * realm stands for every realm of the host.
 *
 * sasldblistusers2(8), saslpasswd2(8).
 */
import type { Disk } from '#platform/disk.ts'
import type { Secret } from '#protocol/sasl/world.ts'
import { watchedFile } from './files.ts'

export const sasldbPath = '/etc/sasldb2'

export type SasldbEntry = { readonly user: string; readonly realm: string | null; readonly password: string }

export function parseSasldb(text: string): readonly SasldbEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([^@:]+)(?:@([^:]*))?:userPassword:(.*)$/.exec(line)
    if (match === null) return []
    const [, user = '', realm, password = ''] = match
    return [{ user, realm: realm ?? null, password }]
  })
}

export const writeSasldb = (entries: readonly SasldbEntry[]): string =>
  entries
    .map(
      ({ user, realm, password }) => `${user}${realm === null ? '' : `@${realm}`}:userPassword:${password}\n`,
    )
    .join('')

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

export async function readSasldb(
  disk: Disk,
  path: string = sasldbPath,
): Promise<readonly SasldbEntry[] | null> {
  return (await disk.stat(path)) === null ? null : parseSasldb(await disk.readText(path))
}

export const changeSasldb = (disk: Disk, entries: readonly SasldbEntry[], path: string = sasldbPath) =>
  disk.commit([{ kind: 'write', path, bytes: writeSasldb(entries), mode: 0o640 }])
