/** The operating system's errors in the words of the disk interface. */
import { DiskError, type DiskErrorCode } from '#platform/disk.ts'

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** The operating system's errors in the words of the interface; what is none of them is thrown as it is. */
export function asDiskError(error: unknown, path: string): unknown {
  if (error instanceof DiskError || !(error instanceof Error) || !('code' in error)) return error
  const code = codes[String(error.code)]
  return code === undefined ? error : new DiskError(code, path)
}

const codes: Readonly<Record<string, DiskErrorCode>> = {
  ENOENT: 'ENOENT',
  EEXIST: 'EEXIST',
  ENOTDIR: 'ENOTDIR',
  EISDIR: 'EISDIR',
  ENOTEMPTY: 'ENOTEMPTY',
  ENOSPC: 'ENOSPC',
  EDQUOT: 'ENOSPC',
  EFBIG: 'ENOSPC',
  EACCES: 'EACCES',
  EPERM: 'EACCES',
  EROFS: 'EACCES',
  EINVAL: 'EINVAL',
  ELOOP: 'EINVAL',
  ENAMETOOLONG: 'EINVAL',
  EXDEV: 'EXDEV',
}

/** Does it, and tells what goes wrong as a DiskError of this path. */
export function guard<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw asDiskError(error, path)
  }
}
