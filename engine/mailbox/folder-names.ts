/**
 * Which folder names a store refuses, and in which words. A name here has `/` between its levels; the store's own
 * separator is what a client types.
 *
 * Dovecot 2.3: `mailbox_list_is_valid_name`, as its clients hear it.
 */
import { MailboxError } from './mail-store.ts'

const longestName = 4096
const longestLevel = 250

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
  const tooLong = () => new MailboxError('CANNOT', 'Mailbox name too long')
  if (name.length > longestName) throw tooLong()
  if (name.startsWith('/')) refuse('Begins with hierarchy separator')
  if (name.startsWith('~')) refuse("Begins with '~'")
  const levels = name.split('/')
  if (name.endsWith('/')) refuse('Ends with hierarchy separator')
  if (levels.some((level) => level === '')) refuse('Has adjacent hierarchy separators')
  for (const level of levels) {
    if (Buffer.byteLength(level) > longestLevel) throw tooLong()
    if (store.format === 'mbox') {
      if (level === '.' || level === '..') refuse(`Contains '${level}' part`)
      if (level === '.imap' || level.startsWith('dovecot')) refuse('Contains reserved name')
    } else if (store.separator === '/') {
      if (level === '.' || level === '..') refuse(`Contains '${level}' part`)
      if (['cur', 'new', 'tmp'].includes(level)) refuse('Contains reserved name')
    } else if (level.includes('.')) {
      refuse("Name must not have '.' characters")
    }
  }
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
