/**
 * What a ManageSieve session of a user writes in the mail log: what failed, and its end.
 *
 * Pigeonhole 0.5: managesieve_logout_format.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { expandVariables } from '#config/dovecot-variables.ts'
import type { UserLog } from '#engine/wire-log.ts'
import type { Wire } from '#engine/wire.ts'

export class SessionLog {
  readonly #log: UserLog
  readonly #settings: DovecotSettings
  readonly #wire: Wire
  readonly #before: number
  #output = 0

  constructor(log: UserLog, settings: DovecotSettings, wire: Wire) {
    this.#wire = wire
    this.#before = wire.taken
    this.#log = log
    this.#settings = settings
  }

  wrote(bytes: number): void {
    this.#output += bytes
  }

  failed(tried: string, why: string): void {
    this.#log.write('info', `Failed to ${tried}: ${why}`)
  }

  end(reason: string): void {
    // The line end of LOGOUT is not looked at any more.
    const unread = reason === 'Logged out' ? 2 : 0
    const [input, output] = [String(this.#wire.taken - this.#before - unread), String(this.#output)]
    const counts = expandVariables(this.#settings.text('managesieve_logout_format'), {
      i: input,
      o: output,
      input,
      output,
    })
    const said = reason === 'Connection closed' ? reason : `Disconnected: ${reason}`
    this.#log.write('info', `${said} ${counts}`)
  }
}
