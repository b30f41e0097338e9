/** A file of the host that is read again only when it changed. */
import { DiskError } from '#platform/disk.ts'
import type { Disk } from '#platform/disk.ts'

/** `read` makes what is wanted of the text; null when there is no such file. */
export function watchedFile<T>(disk: Disk, path: string, read: (text: string) => T): () => Promise<T | null> {
  let stamp = ''
  let known: T | null = null
  return async () => {
    const stat = await disk.stat(path)
    if (stat === null) return null
    const now = `${stat.modified}:${stat.changed}:${stat.size}:${stat.inode}`
    if (now === stamp) return known
    try {
      known = read(await disk.readText(path))
      stamp = now
      return known
    } catch (error) {
      if (error instanceof DiskError) return null
      throw error
    }
  }
}
