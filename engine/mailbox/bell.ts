/**
 * Tells the sessions that watch a folder that something changed in it: at once when it was done here, and by looking
 * now and then when another program did it.
 */
import type { Clock, Timer } from '#platform/clock.ts'

/** Dovecot without inotify looks every 30 seconds (mailbox_idle_check_interval); files here change under our eyes. */
const lookEvery = 10_000

export class Bell {
  readonly #clock: Clock
  readonly #look: () => Promise<boolean>
  readonly #watchers = new Set<() => void>()
  #timer: Timer | null = null
  #rung = false

  /** `look`: whether the files are other than last seen. */
  constructor(clock: Clock, look: () => Promise<boolean>) {
    this.#clock = clock
    this.#look = look
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    this.#wait()
    return () => {
      this.#watchers.delete(changed)
      if (this.#watchers.size > 0) return
      this.#timer?.cancel()
      this.#timer = null
    }
  }

  ring(): void {
    if (this.#watchers.size === 0 || this.#rung) return
    this.#rung = true
    queueMicrotask(() => {
      this.#rung = false
      for (const changed of [...this.#watchers]) changed()
    })
  }

  #wait(): void {
    if (this.#timer !== null || this.#watchers.size === 0) return
    this.#timer = this.#clock.after(lookEvery, () => {
      this.#timer = null
      this.#look().then(
        (changed) => {
          if (changed) this.ring()
          this.#wait()
        },
        () => this.#wait(),
      )
    })
  }
}
