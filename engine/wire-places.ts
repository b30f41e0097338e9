/**
 * How many connections a user may have from one address: mail_max_userip_connections. Each service counts its own.
 *
 * Dovecot 2.3, mail_max_userip_connections.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Wire } from './wire.ts'

export class UserPlaces {
  readonly #taken = new Map<Wire, string>()

  /** What the client is told when there is no place left; null: it has one, until `leave`. */
  take(wire: Wire, user: string, settings: DovecotSettings): string | null {
    const most = settings.number('mail_max_userip_connections')
    const key = `${user}\0${wire.remote.address}`
    const others = [...this.#taken.values()].filter((other) => other === key).length
    if (most > 0 && others >= most)
      return `Maximum number of connections from user+IP exceeded (mail_max_userip_connections=${most})`
    this.#taken.set(wire, key)
    return null
  }

  leave(wire: Wire): void {
    this.#taken.delete(wire)
  }
}
