/**
 * The lab's clock: the computer's time with an offset that grows when time is advanced, and stands still when paused.
 *
 * A `real` clock runs; a `manual` clock begins paused, so that only `advance` moves it: the same clock, in two moods.
 * Advancing jumps from timer to timer. After each, it waits until the work that was begun (`hold`) has ended; because
 * that work may itself be waiting for a later timer (the latency of a link, a protocol timeout), the wait is bounded
 * by a short real time in which nothing moved.
 */
import type { ClockControl, Timer } from '#platform/clock.ts'
import { TimerHeap, type Entry } from './timer-heap.ts'

/** The longest delay that setTimeout takes. */
const longestSleep = 2 ** 31 - 1
/** Held work that has not moved for so long (real ms) is taken to wait for a later timer. */
const patience = 25

export type ClockOptions = {
  readonly source: 'real' | 'manual'
  /** Lab time at the beginning, ms since 1970. Default: the computer's for `real`, 2026-03-02 09:00 UTC for `manual`. */
  readonly start?: number
}

const manualStart = Date.UTC(2026, 2, 2, 9)

export function createClock(options: ClockOptions): ClockControl {
  const start = options.start ?? (options.source === 'real' ? Date.now() : manualStart)
  return new LabClock(start, options.source)
}

class LabClock implements ClockControl {
  readonly #timers = new TimerHeap()
  #order = 0
  /** Lab time at `#anchor`, a reading of the computer's monotonic clock. */
  #base: number
  #anchor = performance.now()
  #running: boolean
  /** While time is advanced it stands still between the jumps. */
  #jumping = false
  #stopped = false
  /** Takes back the computer's timer that stands for the first of ours. */
  #wake: (() => void) | null = null
  #held = 0
  /** Counts whatever happens; work is at rest when it stands still. */
  #moves = 0
  #jumps: Promise<void> = Promise.resolve()

  constructor(start: number, source: 'real' | 'manual') {
    this.#base = start
    this.#running = source === 'real'
  }

  get running(): boolean {
    return this.#running
  }

  now(): number {
    if (!this.#running || this.#jumping) return this.#base
    return Math.floor(this.#base + performance.now() - this.#anchor)
  }

  after(milliseconds: number, action: () => void): Timer {
    const due = this.now() + Math.max(0, milliseconds)
    const entry: Entry = { due, order: this.#order++, action, index: -1 }
    this.#moves++
    if (!this.#stopped) {
      this.#timers.add(entry)
      if (entry.index === 0) this.#schedule()
    }
    return { cancel: () => this.#timers.remove(entry) }
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve))
  }

  hold(): () => void {
    let holding = true
    this.#held++
    this.#moves++
    return () => {
      if (!holding) return
      holding = false
      this.#held--
      this.#moves++
    }
  }

  pause(): void {
    this.#moveTo(this.now())
    this.#running = false
    this.#schedule()
  }

  resume(): void {
    this.#moveTo(this.now())
    this.#running = true
    this.#schedule()
  }

  advance(milliseconds: number): Promise<void> {
    const jump = this.#jumps.then(() => this.#jump(milliseconds))
    this.#jumps = jump.catch(() => undefined)
    return jump
  }

  async settled(): Promise<void> {
    do await this.atRest()
    while (!this.#stopped && (this.#held > 0 || (this.#timers.first()?.due ?? Infinity) <= this.now()))
  }

  stop(): void {
    this.#stopped = true
    this.#timers.clear()
    this.#schedule()
  }

  async #jump(milliseconds: number): Promise<void> {
    const target = this.now() + Math.max(0, milliseconds)
    this.#moveTo(this.now())
    this.#jumping = true
    this.#schedule()
    try {
      await this.atRest()
      for (;;) {
        const next = this.#timers.first()
        if (next === undefined || next.due > target) break
        this.#moveTo(Math.max(this.#base, next.due))
        this.#fire(next)
        await this.atRest()
      }
    } finally {
      this.#moveTo(Math.max(this.#base, target))
      this.#jumping = false
      this.#schedule()
    }
  }

  async atRest(): Promise<'idle' | 'waiting'> {
    await macrotask()
    let moves = this.#moves
    let since = performance.now()
    while (this.#held > 0 && performance.now() - since < patience) {
      await macrotask()
      if (moves === this.#moves) continue
      moves = this.#moves
      since = performance.now()
    }
    return this.#held > 0 ? 'waiting' : 'idle'
  }

  #moveTo(time: number): void {
    this.#base = time
    this.#anchor = performance.now()
  }

  #fire(entry: Entry): void {
    this.#timers.remove(entry)
    this.#moves++
    entry.action()
  }

  /** One timer of the computer stands for the first of ours. What is due now fires even when time stands still. */
  #schedule(): void {
    this.#cancelWake()
    const first = this.#timers.first()
    if (first === undefined || this.#jumping) return
    const wait = first.due - this.now()
    if (wait <= 0) {
      const immediate = setImmediate(() => this.#fireDue())
      this.#wake = () => clearImmediate(immediate)
    } else if (this.#running) {
      const timeout = setTimeout(() => this.#fireDue(), Math.min(wait, longestSleep))
      this.#wake = () => clearTimeout(timeout)
    }
  }

  #fireDue(): void {
    this.#wake = null
    try {
      // What an action sets for the same moment waits for the next turn, so that none can hold the others up.
      const last = this.#order
      for (let first = this.#timers.first(); first !== undefined; first = this.#timers.first()) {
        if (first.due > this.now() || first.order >= last || this.#jumping) break
        this.#fire(first)
      }
    } finally {
      this.#schedule()
    }
  }

  #cancelWake(): void {
    this.#wake?.()
    this.#wake = null
  }
}

function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
