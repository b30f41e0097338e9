/**
 * The ManageSieve server: lets a mail client read, write, check and choose the scripts of its user.
 *
 * RFC 5804.
 * Next: engine/mra/sieved/session.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { UserPlaces } from '#engine/wire-places.ts'
import { Wire } from '#engine/wire.ts'
import type { Connection } from '#platform/net.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import { ManageSieveSession } from './session.ts'

export type SievedOptions = {
  readonly machine: Machine
  readonly sasl: SaslServer
  /** Those of `protocol sieve`, for this client; a session keeps what it began with. */
  readonly settings: (connection: Connection) => DovecotSettings
  /** Where a user's files are; the home of the system's user when not given. Null: no such user. */
  readonly home?: (user: string) => Promise<string | null>
  /** A user's scripts have changed. */
  readonly changed?: (user: string) => Promise<void>
}

export interface Sieved {
  /** Resolves when the session is over. */
  accept(connection: Connection): Promise<void>
}

export function createSieved({ machine, sasl, settings, home, changed }: SievedOptions): Sieved {
  const places = new UserPlaces()
  const homeOf = home ?? (async (user: string) => (await machine.user(user))?.home ?? null)
  return {
    accept: (connection) =>
      new ManageSieveSession({
        machine,
        sasl,
        places,
        home: homeOf,
        changed: changed ?? (() => Promise.resolve()),
        wire: new Wire(connection, machine.clock),
        settings: settings(connection),
      }).run(),
  }
}
