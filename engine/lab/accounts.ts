/**
 * The people of a host: system users with a hashed password in /etc/shadow, and the same names in sasldb, because
 * CRAM-MD5 and SCRAM need the password itself. Accounts that are there already are left alone.
 */
import { parseSasldb, sasldbPath, writeSasldb } from '#protocol/sasl/sasldb.ts'
import { parseShadow, shadowLine, shadowPath } from '#auth/shadow.ts'
import type { Disk } from '#platform/disk.ts'

export async function makeAccounts(
  disk: Disk,
  {
    users,
    realm,
    days,
  }: { readonly users: Readonly<Record<string, string>>; readonly realm: string; readonly days: number },
): Promise<void> {
  const text = async (path: string) => ((await disk.stat(path)) === null ? '' : disk.readText(path))
  const shadow = await text(shadowPath)
  const known = parseShadow(shadow)
  const lines = Object.entries(users).flatMap(([user, password]) =>
    known.has(user) ? [] : [shadowLine(user, password, days)],
  )
  if (lines.length > 0)
    await disk.apply([{ kind: 'write', path: shadowPath, bytes: shadow + lines.join(''), mode: 0o640 }])

  const before = parseSasldb(await text(sasldbPath))
  const missing = Object.entries(users)
    .filter(([user]) => !before.some((entry) => entry.user === user))
    .map(([user, password]) => ({ user, realm, password }))
  if (missing.length > 0)
    await disk.apply([
      { kind: 'write', path: sasldbPath, bytes: writeSasldb([...before, ...missing]), mode: 0o640 },
    ])
}
