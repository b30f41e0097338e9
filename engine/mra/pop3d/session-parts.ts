/** What a POP3 session is made of, and its bounds: the times and limits are Dovecot's. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { Wire } from '#engine/wire.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import type { MaildropLocks } from './locks.ts'

export type Pop3SessionParts = {
  readonly machine: Machine
  readonly wire: Wire
  readonly sasl: SaslServer
  readonly stores: MailStores
  readonly settings: DovecotSettings
  readonly locks: MaildropLocks
  readonly service: 'pop3' | 'pop3s'
}

export const loginTimeout = 3 * 60_000
export const idleTimeout = 10 * 60_000
export const longestLoginLine = 1033
export const longestResponse = 8192
export const longestLine = 2047
export const badCommandsBeforeLogin = 3
export const badCommandsAfterLogin = 21
