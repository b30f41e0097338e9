/**
 * The IMAP server: takes a connection and holds a session with it.
 *
 * Next: engine/mra/imapd/session.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { Wire } from '#engine/wire.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import type { Connection } from '#platform/net.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import { SharedState } from './account.ts'
import { ImapSession } from './session.ts'

export type ImapdOptions = {
  readonly machine: Machine
  readonly sasl: SaslServer
  readonly stores: MailStores
  /** Those of `protocol imap`, for this client; a session keeps what it began with. */
  readonly settings: (connection: Connection) => DovecotSettings
}

export interface Imapd {
  /** Resolves when the session is over. */
  accept(connection: Connection, options: { readonly tls: 'implicit' | 'starttls' }): Promise<void>
  /** Hangs up on everybody. */
  close(): void
}

export function createImapd({ machine, sasl, stores, settings }: ImapdOptions): Imapd {
  const wires = new Set<Wire>()
  const shared = new SharedState()
  return {
    async accept(connection, { tls }) {
      const service = tls === 'implicit' ? 'imaps' : 'imap'
      const wire = new Wire(connection, machine.clock)
      const parts = {
        machine,
        sasl,
        stores,
        wire,
        service,
        shared,
        settings: settings(connection),
      } as const
      wires.add(wire)
      try {
        await new ImapSession(parts).run(tls)
      } finally {
        wires.delete(wire)
        shared.places.leave(wire)
      }
    },
    close() {
      for (const wire of wires) wire.destroy()
    },
  }
}
