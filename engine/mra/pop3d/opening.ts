/**
 * From a proven name to an open maildrop: the user database, the lock, INBOX; or what the client hears instead.
 *
 * RFC 1939 §4; the texts are Dovecot's.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { MailboxError, type MailStore, type MailStores, type MailUser } from '#mailbox/mail-store.ts'
import { err, ok, type Pop3Reply } from '#protocol/pop3/reply.ts'
import type { MaildropLocks } from './locks.ts'
import { Maildrop } from './maildrop.ts'

export const internalError = err(
  'Internal error occurred. Refer to server log for more information.',
  '[SYS/TEMP]',
  'RFC 3206 §4',
)

export type OpeningWorld = {
  readonly machine: Machine
  /** As the trace names it. */
  readonly session: string
  readonly stores: MailStores
  readonly settings: DovecotSettings
  readonly locks: MaildropLocks
}

export type Opening =
  | {
      readonly kind: 'open'
      readonly maildrop: Maildrop
      readonly format: MailStore['format']
      readonly unlock: () => void
    }
  | {
      readonly kind: 'closed'
      readonly replies: readonly Pop3Reply[]
      readonly reason: string
      readonly fault: 'fault' | 'none'
    }

/** The user; null: none such; or why nobody may work for them. */
export async function findMailUser(stores: MailStores, username: string): Promise<MailUser | null | string> {
  try {
    return await stores.user(username, 'login')
  } catch (error) {
    if (error instanceof MailboxError) return error.message
    throw error
  }
}

export async function openMaildrop(username: string, world: OpeningWorld): Promise<Opening> {
  const { machine, session, stores, settings, locks } = world
  let store: MailStore
  try {
    store = await stores.of(username, 'login')
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error
    return { kind: 'closed', replies: [ok('Logged in.')], reason: error.message, fault: 'fault' }
  }
  const hidden = settings.text('pop3_deleted_flag')
  if (/[\\(){%*"\]\s]/.test(hidden)) {
    const reason = `Couldn't init INBOX: pop3_deleted_flags: Invalid keyword '${hidden}': Invalid characters in keyword`
    return { kind: 'closed', replies: [ok('Logged in.')], reason, fault: 'fault' }
  }
  const unlock = settings.flag('pop3_lock_session') ? await locks.take(username) : () => undefined
  if (unlock === null) {
    const reply = err('Mailbox is locked by another POP3 session.', '[IN-USE]')
    return { kind: 'closed', replies: [reply], reason: 'Mailbox locked', fault: 'none' }
  }
  try {
    const maildrop = await Maildrop.open(store, settings)
    const { uidValidity } = maildrop.mailbox
    const messages = maildrop.messages.length
    machine.emit({ type: 'mailbox.opened', session, user: username, mailbox: 'INBOX', messages, uidValidity })
    return { kind: 'open', maildrop, format: store.format, unlock }
  } catch (error) {
    unlock()
    if (!(error instanceof MailboxError)) throw error
    const lasting = error.code === 'NOTPOSSIBLE' || error.code === 'NOPERM'
    // Who one is was settled before the mailbox was looked at.
    const replies = [ok('Logged in.'), err(error.message, lasting ? '[SYS/PERM]' : '[SYS/TEMP]')]
    return { kind: 'closed', replies, reason: `Couldn't open INBOX: ${error.message}`, fault: 'fault' }
  }
}
