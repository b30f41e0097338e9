/** How a program on a host says that a file was not there: the words of strerror(3). */
import type { Box } from '#host/command.ts'
import { absolute } from '#host/paths.ts'
import { DiskError, type DiskErrorCode } from '#platform/disk.ts'

const reasons: Readonly<Record<DiskErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  ENOTEMPTY: 'Directory not empty',
  ENOSPC: 'No space left on device',
  EACCES: 'Permission denied',
  EINVAL: 'Invalid argument',
  EXDEV: 'Invalid cross-device link',
}

/** The reason of a DiskError; anything else is a bug and goes on its way. */
export function diskReason(error: unknown): string {
  if (error instanceof DiskError) return reasons[error.code]
  throw error
}

/** Writes what a command printed to a file whose folder must be there. Throws DiskError. */
export async function writeToDisk(
  where: { readonly box: Box; readonly directory: string },
  path: string,
  text: string,
  how: 'replace' | 'append' = 'replace',
): Promise<void> {
  const file = absolute(where.directory, path)
  if (file === '/dev/null') return
  const { disk } = where.box.machine
  const folder = await disk.stat(file.slice(0, file.lastIndexOf('/')) || '/')
  if (folder?.kind !== 'folder') throw new DiskError('ENOENT', file)
  const existing = await disk.stat(file)
  if (existing?.kind === 'folder') throw new DiskError('EISDIR', file)
  if (how === 'append') {
    await disk.commit([{ kind: 'append', path: file, bytes: text }])
  } else {
    await disk.commit([
      { kind: 'write', path: file, bytes: text, ...(existing ? { mode: existing.mode & 0o7777 } : {}) },
    ])
  }
}
