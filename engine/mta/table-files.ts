/** Paths of table files, and what the system says when one cannot be read. errno(3). */
import { DiskError } from '#platform/disk.ts'

export function absolutePath(directory: string, path: string): string {
  return path.startsWith('/') ? path : `${directory.replace(/\/$/, '')}/${path}`
}

const systemErrors: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  ENOSPC: 'No space left on device',
}

export const systemError = (error: unknown): string => {
  if (!(error instanceof DiskError)) throw error
  return systemErrors[error.code] ?? 'Invalid argument'
}
