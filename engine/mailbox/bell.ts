/**
 * Tells the sessions that watch a folder that something changed in it: at once when it was done here, soon when the disk
 * says that another program did something, and by looking now and then where a disk cannot tell.
 */
import type { Clock, Timer } from '#platform/clock.ts'
import type { Disk } from '#platform/disk.ts'

/** Dovecot, mailbox_idle_check_interval. */
const lookEvery = 30_000
/** For a disk that cannot tell. */
const lookOften = 10_000
/** Several changes in a row are one look. */
const settleFor = 50

export type BellParts = {
  readonly clock: Clock
  readonly disk: Disk
  /** Folders in which another program's work can be seen. */
  readonly folders: readonly string[]
  /** Whether the files are other than last seen. */
  readonly look: () => Promise<boolean>
}

export class Bell {
  readonly #parts: BellParts
  readonly #watchers = new Set<() => void>()
  #timer: Timer | null = null
  #soon: Timer | null = null
  #unwatch: (() => void)[] = []
  #rung = false

  constructor(parts: BellParts) {
    this.#parts = parts
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    if (this.#watchers.size === 1) this.#begin()
    return () => {
      this.#watchers.delete(changed)
      if (this.#watchers.size === 0) this.#end()
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

  #begin(): void {
    const { disk, folders, clock, look } = this.#parts
    // One that nobody has looked at begins with what is there.
    void look().catch(() => false)
    const told = () => {
      this.#soon ??= clock.after(settleFor, () => {
        this.#soon = null
        void this.#check()
      })
    }
    this.#unwatch = folders.flatMap((folder) => disk.watch?.(folder, told) ?? [])
    this.#wait(this.#unwatch.length < folders.length ? lookOften : lookEvery)
  }

  #end(): void {
    for (const unwatch of this.#unwatch) unwatch()
    this.#unwatch = []
    this.#timer?.cancel()
    this.#soon?.cancel()
    this.#timer = null
    this.#soon = null
  }

  #wait(interval: number): void {
    if (this.#watchers.size === 0) return
    this.#timer = this.#parts.clock.after(interval, () => {
      this.#timer = null
      void this.#check().then(() => this.#timer ?? this.#wait(interval))
    })
  }

  async #check(): Promise<void> {
    // A folder that cannot be looked at tells nothing.
    const changed = await this.#parts.look().catch(() => false)
    if (changed) this.ring()
  }
}
