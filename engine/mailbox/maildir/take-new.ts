/**
 * What lies in `new/` goes to `cur/` when somebody is told of it, and gets room for flags in its name.
 *
 * maildir(5), "How a message is read".
 */
import type { Change, Disk } from '#platform/disk.ts'
import { asMailboxError, isMissing } from '../disk-errors.ts'
import { readFileName } from './file-name.ts'

/** A file of a Maildir, by its base name. */
export type Found = { folder: 'new' | 'cur'; readonly letters: string; readonly name: string }

/**
 * Adds the files that lie in `new/` and `cur/`. A file that is renamed while a folder is listed may be passed over, so
 * whoever misses one lists them once more.
 */
export function findFiles(
  found: Map<string, Found>,
  pending: ReadonlySet<string>,
  fresh: readonly string[],
  current: readonly string[],
): void {
  for (const [folder, names] of [['new', fresh] as const, ['cur', current] as const]) {
    for (const name of names) {
      const { base, letters } = readFileName(name)
      if (!name.startsWith('.') && !pending.has(base)) found.set(base, { folder, name, letters })
    }
  }
}

/** Says in `found` where the files are now; one that another program took away is no more in it. */
export async function takeNew(
  disk: Disk,
  path: string,
  found: Map<string, Found>,
): Promise<readonly { readonly from: string; readonly to: string }[]> {
  const moves = [...found].flatMap(([base, file]) => {
    const to = `${path}/cur/${base}:2,${file.letters}`
    return file.folder === 'new' ? [{ base, file, from: `${path}/new/${file.name}`, to }] : []
  })
  const gone = await applyEach(
    disk,
    moves.map(({ from, to }) => ({ kind: 'rename', from, to })),
  )
  return moves.filter(({ base, file }, i) => {
    if (gone.has(i)) found.delete(base)
    else file.folder = 'cur'
    return !gone.has(i)
  })
}

/** All at once; one by one when another program was faster with some. Answers which were gone. */
async function applyEach(disk: Disk, changes: readonly Change[]): Promise<ReadonlySet<number>> {
  const gone = new Set<number>()
  if (changes.length === 0) return gone
  try {
    await disk.apply(changes)
  } catch (error) {
    if (!isMissing(error)) throw asMailboxError(error)
    for (const [i, change] of changes.entries()) {
      await disk.apply([change]).catch((one: unknown) => {
        if (!isMissing(one)) throw asMailboxError(one)
        gone.add(i)
      })
    }
  }
  return gone
}
