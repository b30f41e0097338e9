/**
 * pop3_lock_session: while one session has a maildrop, no other gets it.
 *
 * RFC 1939 §4 wants an exclusive-access lock; Dovecot gives it on request.
 */
import type { Clock } from '#platform/clock.ts'

const patience = 120_000

export class MaildropLocks {
  readonly #clock: Clock
  readonly #waiting = new Map<string, (() => void)[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Gives the lock back when called; null: somebody held it for too long. */
  async take(user: string): Promise<(() => void) | null> {
    const queue = this.#waiting.get(user)
    if (queue === undefined) {
      this.#waiting.set(user, [])
      return () => this.#give(user)
    }
    return new Promise((resolve) => {
      const mine = () => {
        timer.cancel()
        resolve(() => this.#give(user))
      }
      const timer = this.#clock.after(patience, () => {
        queue.splice(queue.indexOf(mine), 1)
        resolve(null)
      })
      queue.push(mine)
    })
  }

  #give(user: string): void {
    const next = this.#waiting.get(user)?.shift()
    if (next) next()
    else this.#waiting.delete(user)
  }
}
