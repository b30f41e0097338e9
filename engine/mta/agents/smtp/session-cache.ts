/**
 * Open sessions that wait a moment for the next message to the same place, when messages come close together.
 *
 * CONNECTION_CACHE_README; smtp_connection_cache_on_demand.
 */
import type { Clock, Timer } from '#platform/clock.ts'
import type { Session } from './session.ts'
import type { ClientSettings } from './settings.ts'

/** Messages to one destination within this time are "close together". */
const together = 2000

export class SessionCache {
  readonly #clock: Clock
  readonly #idle = new Map<string, { session: Session; timer: Timer }[]>()
  readonly #traffic = new Map<string, { running: number; lastEnd: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A delivery to this destination begins; the returned function says that it ended. */
  begin(destination: string): () => void {
    const traffic = this.#traffic.get(destination) ?? { running: 0, lastEnd: -Infinity }
    traffic.running++
    this.#traffic.set(destination, traffic)
    return () => {
      traffic.running--
      traffic.lastEnd = this.#clock.now()
      if (this.#traffic.size > 1000) this.#forgetOld()
    }
  }

  /** Whether there is more mail for this destination than the one under way. */
  isBusy(destination: string): boolean {
    const traffic = this.#traffic.get(destination)
    return traffic !== undefined && (traffic.running > 1 || this.#clock.now() - traffic.lastEnd < together)
  }

  take(destination: string): Session | null {
    const idle = this.#idle.get(destination)
    for (let kept = idle?.pop(); kept; kept = idle?.pop()) {
      kept.timer.cancel()
      if (idle?.length === 0) this.#idle.delete(destination)
      if (kept.session.dialogue.alive) return kept.session
    }
    return null
  }

  /** Keeps a session, or ends it when it was used long enough. */
  keep(destination: string, session: Session, settings: ClientSettings): void {
    const usedUp =
      this.#clock.now() - session.begun >= settings.reuseTime ||
      (settings.reuseCount > 0 && session.uses >= settings.reuseCount)
    if (usedUp || !session.dialogue.alive) {
      session.end()
      return
    }
    const idle = this.#idle.get(destination) ?? []
    const kept = {
      session,
      timer: this.#clock.after(settings.cacheTime, () => {
        const at = idle.indexOf(kept)
        if (at >= 0) idle.splice(at, 1)
        if (idle.length === 0) this.#idle.delete(destination)
        session.end()
      }),
    }
    idle.push(kept)
    this.#idle.set(destination, idle)
  }

  endAll(): void {
    for (const idle of this.#idle.values()) {
      for (const { session, timer } of idle) {
        timer.cancel()
        session.end()
      }
    }
    this.#idle.clear()
  }

  #forgetOld(): void {
    const now = this.#clock.now()
    for (const [destination, { running, lastEnd }] of this.#traffic) {
      if (running === 0 && now - lastEnd > together) this.#traffic.delete(destination)
    }
  }
}
