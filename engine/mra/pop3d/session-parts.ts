/** What a POP3 session is made of, and its bounds: the times and limits are Dovecot's. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { Wire } from '#engine/wire.ts'
import type { UserPlaces } from '#engine/wire-places.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import { err, type Pop3Reply } from '#protocol/pop3/reply.ts'
import type { MaildropLocks } from './locks.ts'

export type Pop3SessionParts = {
  readonly machine: Machine
  readonly wire: Wire
  readonly sasl: SaslServer
  readonly stores: MailStores
  readonly settings: DovecotSettings
  readonly locks: MaildropLocks
  readonly places: UserPlaces
  readonly service: 'pop3' | 'pop3s'
}

export const loginTimeout = 3 * 60_000
export const idleTimeout = 10 * 60_000
export const longestLoginLine = 1033
export const longestResponse = 8192
export const longestLine = 2047
export const badCommandsBeforeLogin = 3
export const badCommandsAfterLogin = 21

/** What is said, and noted, when no line came, or one too long. */
export function unread(
  why: 'timeout' | 'too-long',
  state: 'login' | 'exchange' | 'open',
): { readonly reply: Pop3Reply | null; readonly reason: string } {
  if (why === 'timeout') {
    const reason = state === 'open' ? 'Disconnected for inactivity' : 'Inactivity'
    return { reply: err('Disconnected for inactivity.'), reason }
  }
  if (state === 'exchange') return { reply: null, reason: 'Authentication response too large' }
  return state === 'open'
    ? { reply: err('Input line too long.'), reason: 'Input line too long' }
    : { reply: err('Input buffer full, aborting'), reason: 'Input buffer full' }
}
