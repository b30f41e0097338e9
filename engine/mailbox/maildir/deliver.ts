/**
 * A letter becomes a file: written under `tmp/`, synced, then renamed to `new/`. A reader looks only into `new/` and
 * `cur/`, so it never sees half a letter, and no lock is needed; what a crash leaves in `tmp/` is nobody's.
 *
 * maildir(5), "How a message is delivered".
 */
import type { Change, Disk } from '#platform/disk.ts'

export type LetterFile = {
  readonly base: string
  readonly content: Uint8Array
  /** In `new/`, or in `cur/` when it has flags. */
  readonly path: string
  /** The file's time of change, which IMAP shows as INTERNALDATE; now when it is not given. */
  readonly date: number | undefined
}

/** Resolves when all the letters would survive a loss of power; then all are there, else none. */
export async function placeLetters(
  disk: Disk,
  folder: string,
  letters: readonly LetterFile[],
): Promise<void> {
  await disk.commit([
    ...(await missingFolders(disk, folder)),
    ...letters.flatMap(({ base, content, path, date }): Change[] => {
      const temporary = `${folder}/tmp/${base}`
      const modified = date === undefined ? {} : { modified: date }
      return [
        { kind: 'write', path: temporary, bytes: content, mode: 0o600, exclusive: true, ...modified },
        { kind: 'rename', from: temporary, to: path },
      ]
    }),
  ])
}

/** The folders of a Maildir that are not there. */
export async function missingFolders(disk: Disk, folder: string): Promise<readonly Change[]> {
  const missing: Change[] = []
  for (const name of ['', '/cur', '/new', '/tmp']) {
    const path = `${folder}${name}`
    if ((await disk.stat(path)) === null) missing.push({ kind: 'mkdir', path, mode: 0o700 })
  }
  return missing
}

const leftOver = 36 * 3_600_000
const mostLookedAt = 10_000

/** A file in `tmp/` that is older than 36 hours is left over from a delivery that never ended. */
export async function cleanTmp(disk: Disk, folder: string, now: number): Promise<void> {
  const names = await disk.list(`${folder}/tmp`).catch(() => [])
  const old: Change[] = []
  for (const name of names.slice(0, mostLookedAt)) {
    const path = `${folder}/tmp/${name}`
    const stat = await disk.lstat(path)
    if (stat?.kind === 'file' && now - stat.modified > leftOver) old.push({ kind: 'remove', path })
  }
  if (old.length > 0) await disk.apply(old)
}
