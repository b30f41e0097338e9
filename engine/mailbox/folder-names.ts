/**
 * Which folder names a store refuses, and in which words. A name here has `/` between its levels; the store's own
 * separator is what a client types.
 *
 * Dovecot 2.3: `mailbox_list_is_valid_name`, as its clients hear it.
 */
import { MailboxError } from './mail-store.ts'

const longestName = 4096
const longestLevel = 255

/** Throws MailboxError CANNOT with Dovecot's sentence. `separator`: of the store; `reserved`: names a level must not have. */
export function checkFolderName(
  name: string,
  store: { readonly separator: string; readonly format: 'maildir' | 'mbox' },
): void {
  const refuse = (why: string): never => {
    throw new MailboxError('CANNOT', `Invalid mailbox name: ${why}`)
  }
  if (name === '') refuse('Name is empty')
  if (/[\0-\x1f\x7f]/.test(name)) refuse('Contains control characters')
  if (name.startsWith('/')) refuse('Begins with hierarchy separator')
  if (name.startsWith('~')) refuse("Begins with '~'")
  const levels = name.split('/')
  if (name.endsWith('/')) refuse('Ends with hierarchy separator')
  if (levels.some((level) => level === '')) refuse('Has adjacent hierarchy separators')
  for (const level of levels) {
    if (store.format === 'mbox') {
      if (level === '.' || level === '..') refuse(`Contains '${level}' part`)
      if (level === '.imap' || level.endsWith('.lock')) refuse('Contains reserved name')
    } else if (store.separator === '/') {
      if (level === '.' || level === '..') refuse(`Contains '${level}' part`)
      if (['cur', 'new', 'tmp'].includes(level)) refuse('Contains reserved name')
    } else if (level.includes('.')) {
      refuse("Name must not have '.' characters")
    }
  }
}

/** A name that no folder can have because of its length; `path`: in the store's own spelling. */
export const isTooLong = (name: string): boolean =>
  name.length > longestName || name.split('/').some((level) => Buffer.byteLength(level) > longestLevel)

/** Throws what Dovecot says to whoever would make such a folder. `file`: the one name on the disk that it would have. */
export function checkNameLength(name: string, file: string): void {
  if (isTooLong(name)) throw new MailboxError('CANNOT', 'Mailbox name too long')
  if (Buffer.byteLength(file) > longestLevel) throw new MailboxError('NOTPOSSIBLE', 'Not found')
}

/** INBOX is INBOX in any case, as the first level too. */
export const canonicalName = (name: string): string => name.replace(/^inbox(?=\/|$)/i, 'INBOX')

/** What a client typed in the store's separator, as a name with `/`; refuses a `/` where it is no separator. */
export function fromSeparator(typed: string, separator: string): string {
  if (separator === '/') return canonicalName(typed)
  if (typed.includes('/')) {
    throw new MailboxError('CANNOT', "Invalid mailbox name: Name must not have '/' characters")
  }
  return canonicalName(typed.replaceAll(separator, '/'))
}
