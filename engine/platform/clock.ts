/** The lab's time: it runs, pauses, and can be advanced. Only `platform/` may ask the computer for the time. */

export type Timer = { cancel(): void }

export interface Clock {
  /** Milliseconds since 1970, UTC, in lab time. */
  now(): number
  /** Calls `action` once, `milliseconds` of lab time from now. Timers fire in order of their due time. */
  after(milliseconds: number, action: () => void): Timer
  sleep(milliseconds: number): Promise<void>
  /**
   * Says that work is under way which must end before time may jump: a delivery attempt, a disk write.
   * The returned function says that it has ended (calling it twice does no harm).
   */
  hold(): () => void
  /** Resolves when no work is held, or when what is held has not moved for a moment: it waits for time to pass. */
  atRest(): Promise<'idle' | 'waiting'>
}

/** What the owner of the lab may do with time, and no daemon may. */
export interface ClockControl extends Clock {
  readonly running: boolean
  pause(): void
  resume(): void
  /** Moves time forward, firing every timer on the way, each with the work that it starts brought to rest. */
  advance(milliseconds: number): Promise<void>
  /** Resolves when no work is held and nothing is due. */
  settled(): Promise<void>
  stop(): void
}
