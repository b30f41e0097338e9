/**
 * The POP3 server: takes a connection and holds a session with it.
 *
 * Next: engine/mra/pop3d/session.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { UserPlaces } from '#engine/wire-places.ts'
import { Wire } from '#engine/wire.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import type { Connection } from '#platform/net.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import { MaildropLocks } from './locks.ts'
import { Pop3Session } from './session.ts'

export type Pop3dOptions = {
  readonly machine: Machine
  readonly sasl: SaslServer
  readonly stores: MailStores
  /** Those of `protocol pop3`, for this client; a session keeps what it began with. */
  readonly settings: (connection: Connection) => DovecotSettings
}

export interface Pop3d {
  /** Resolves when the session is over. */
  accept(connection: Connection, options: { readonly tls: 'implicit' | 'starttls' }): Promise<void>
}

export function createPop3d({ machine, sasl, stores, settings }: Pop3dOptions): Pop3d {
  const locks = new MaildropLocks(machine.clock)
  const places = new UserPlaces()
  return {
    accept(connection, { tls }) {
      const service = tls === 'implicit' ? 'pop3s' : 'pop3'
      const wire = new Wire(connection, machine.clock)
      const parts = {
        machine,
        sasl,
        stores,
        locks,
        places,
        wire,
        service,
        settings: settings(connection),
      } as const
      return new Pop3Session(parts).run(tls)
    },
  }
}
