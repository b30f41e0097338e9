/** What trouble of the disk means to a mail client. */
import { DiskError } from '#platform/disk.ts'
import { MailboxError } from './mail-store.ts'

export const isMissing = (error: unknown): boolean =>
  error instanceof DiskError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

/** Errors that are none of the disk's come back as they are. */
export function asMailboxError(error: unknown): unknown {
  if (!(error instanceof DiskError)) return error
  if (error.code === 'ENOSPC') return new MailboxError('OVERQUOTA', 'Not enough disk space')
  if (error.code === 'EACCES') return new MailboxError('NOPERM', 'Permission denied')
  return new MailboxError('SERVERBUG', 'Internal error occurred. Refer to server log for more information.')
}

/**
 * For records of what is done already: a letter that is in its place is not refused because the disk has no room to write
 * down its number. The records are written the next time.
 */
export function unlessFull(error: unknown): void {
  if (!(error instanceof MailboxError) || error.code !== 'OVERQUOTA') throw error
}
