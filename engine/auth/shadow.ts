/** The passwords of a host's own users, as /etc/shadow keeps them: hashed. shadow(5). */
import type { Disk } from '#platform/disk.ts'
import type { Checked } from '#protocol/sasl/world.ts'
import { hashPassword, verifyCrypt } from './crypt.ts'
import { watchedFile } from './files.ts'

export const shadowPath = '/etc/shadow'

export function openShadow(disk: Disk): (user: string, password: string) => Promise<Checked> {
  const hashes = watchedFile(disk, shadowPath, parseShadow)
  return async (user, password) => {
    const known = await hashes()
    const hash = known?.get(user)
    return hash !== undefined && verifyCrypt(password, hash) ? 'ok' : 'wrong'
  }
}

export function parseShadow(text: string): ReadonlyMap<string, string> {
  const rows = text.split('\n').map((line) => line.split(':', 2))
  return new Map(rows.flatMap(([user, hash]) => (user && hash !== undefined ? [[user, hash] as const] : [])))
}

/** The line of a new account; `days` since 1970, when its password was set. */
export const shadowLine = (user: string, password: string, days: number): string =>
  `${user}:${hashPassword(password)}:${days}:0:99999:7:::\n`
