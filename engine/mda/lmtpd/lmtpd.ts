/**
 * The LMTP server: the MTA hands it letters for people of this host, and hears of each recipient what became of it.
 *
 * RFC 2033.
 * Next: engine/mda/lmtpd/session.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { pluginProblem } from '#engine/wire-plugins.ts'
import { Wire } from '#engine/wire.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import type { Connection } from '#platform/net.ts'
import type { Filter } from '../delivery.ts'
import { LmtpSession } from './session.ts'

export type LmtpdOptions = {
  readonly machine: Machine
  readonly stores: MailStores
  /** Those of `protocol lmtp`, for this client; a session keeps what it began with. */
  readonly settings: (connection: Connection) => DovecotSettings
  /** Decides what becomes of a letter; without one all letters are kept. */
  readonly filter?: Filter
}

export interface Lmtpd {
  /** Resolves when the session is over. */
  accept(connection: Connection): Promise<void>
}

export const createLmtpd = ({ machine, stores, settings, filter }: LmtpdOptions): Lmtpd => ({
  accept(connection) {
    const own = settings(connection)
    const wire = new Wire(connection, machine.clock)
    const problem = pluginProblem(own)
    if (problem === null) return new LmtpSession({ machine, stores, filter, wire, settings: own }).run()
    // It ends before it says a word.
    machine.emit({ type: 'daemon.logged', daemon: 'lmtp', level: 'fatal', text: problem })
    wire.close()
    return Promise.resolve()
  },
})
