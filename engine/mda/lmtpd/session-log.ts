/** What an LMTP session writes in the mail log: of the connection, and of each user whose mail it brings. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { UserLog } from '#engine/wire-log.ts'

export class SessionLog {
  readonly #machine: Machine
  readonly #settings: DovecotSettings
  readonly #pid: number
  readonly #session: string

  constructor(machine: Machine, settings: DovecotSettings, session: string) {
    this.#machine = machine
    this.#settings = settings
    this.#pid = machine.next('process')
    this.#session = session
  }

  write(text: string, level: 'info' | 'error' = 'info'): void {
    const prefix = `lmtp(${this.#pid})`
    this.#machine.emit({ type: 'daemon.logged', daemon: 'lmtp', level, text, prefix })
  }

  of(user: string): (text: string) => void {
    const of = { service: 'lmtp', user, pid: this.#pid, session: this.#session }
    const log = new UserLog(this.#machine, this.#settings, of)
    return (text) => log.write('info', text)
  }
}
