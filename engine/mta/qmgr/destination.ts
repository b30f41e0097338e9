/**
 * One destination of one transport: how many deliveries to it may run at once. Each success lets in a little more,
 * each failure to reach it a little less, until it counts as down and is left alone for a while.
 *
 * Postfix's SCHEDULER_README: slow start, feedback 1/concurrency, pseudo-cohorts.
 */
import type { TransportSettings } from './settings.ts'

/** Why a destination is down, as its mail is told. */
export type Down = { readonly status: string; readonly text: string; readonly until: number }

export class Destination<Job> {
  readonly todo: Job[] = []
  busy = 0
  /** Whether it stands in the line of those that may start a delivery. */
  waiting = false
  down: Down | null = null
  #window: number
  #credit = 0
  #failedCohorts = 0
  readonly #limit: number
  readonly #settings: TransportSettings

  constructor(settings: TransportSettings) {
    this.#settings = settings
    this.#limit = settings.concurrency === 0 ? Number.MAX_SAFE_INTEGER : settings.concurrency
    this.#window = Math.max(1, Math.min(settings.initialConcurrency, this.#limit))
  }

  get mayStart(): boolean {
    return this.todo.length > 0 && this.busy < this.#window
  }

  get idle(): boolean {
    return this.todo.length === 0 && this.busy === 0 && this.down === null
  }

  succeeded(): void {
    this.#failedCohorts = 0
    if (this.#window >= this.#limit) return
    this.#credit += 1 / this.#window
    if (this.#credit + 0.001 < 1) return
    this.#credit = 0
    this.#window += 1
  }

  /** True when it counts as down from now on. */
  failed(): boolean {
    this.#failedCohorts += 1 / this.#window
    this.#credit = 0
    const { failedCohorts } = this.#settings
    if (failedCohorts > 0 && this.#failedCohorts + 0.001 >= failedCohorts) return true
    this.#window = Math.max(1, this.#window - 1)
    return false
  }

  /** It may be tried again, carefully. */
  revive(): void {
    this.down = null
    this.#failedCohorts = 0
    this.#credit = 0
    this.#window = Math.max(1, Math.min(this.#settings.initialConcurrency, this.#limit))
  }
}
