/** Knows what is done as a trial, however many awaits away: it is no fact of the lab. */
import { AsyncLocalStorage } from 'node:async_hooks'

export class Trials {
  readonly #here = new AsyncLocalStorage<true>()
  #running = 0

  /** Whether the caller runs within a trial. */
  get isHere(): boolean {
    return this.#here.getStore() === true
  }

  async run<T>(trial: () => Promise<T>): Promise<T> {
    this.#running++
    try {
      return await this.#here.run(true, trial)
    } finally {
      // While it is on, every promise of the process costs more.
      if (--this.#running === 0) this.#here.disable()
    }
  }
}
