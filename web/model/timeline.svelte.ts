/**
 * The recorded past, and the moment of it that the learner is looking at. Going back is folding fewer events;
 * checkpoints every few hundred events make that quick, and no view knows of them.
 */
import { fold } from '#trace/fold.ts'
import { emptyWorld, type World } from '#trace/world.ts'
import type { TraceEvent } from '#trace/events.ts'

const checkpointEvery = 256
/** Beyond this the oldest events are let go; what they led to stays, as the first checkpoint. */
const mostEvents = 60_000

export class Timeline {
  /** In order of seq; grows in place, `#head` says when. */
  #events: TraceEvent[] = []
  #checkpoints: World[] = [emptyWorld]
  #head = $state(0)
  #position = $state(0)
  #nearest: World = emptyWorld
  #newest: World = emptyWorld

  /** The last event that is known. */
  readonly head = $derived(this.#head)
  /** The last event that the picture shows. */
  readonly position = $derived(this.#position)
  /** At the position: what every view shows. */
  readonly world: World = $derived.by(() => (this.#nearest = this.#worldAt(this.#position, this.#nearest)))
  /** At the head: what is true in the engine now, whatever the picture shows. */
  readonly newest: World = $derived.by(() => (this.#newest = this.#worldAt(this.#head, this.#newest)))

  /** Every event that is kept, oldest first. */
  get events(): readonly TraceEvent[] {
    return this.#head === 0 ? [] : this.#events
  }

  /** The first position one can go back to. */
  get first(): number {
    return this.#head === 0 ? 0 : (this.#checkpoints[0]?.seq ?? 0)
  }

  append(events: readonly TraceEvent[]): void {
    for (const event of events) {
      if (event.seq <= (this.#events.at(-1)?.seq ?? 0)) continue
      this.#events.push(event)
      if (this.#events.length % checkpointEvery === 0) this.#keepCheckpoint()
    }
    if (this.#events.length > mostEvents) this.#forget()
    this.#head = this.#events.at(-1)?.seq ?? 0
  }

  seek(position: number): void {
    this.#position = Math.max(this.first, Math.min(position, this.#head))
  }

  /** Place of the first event after `seq` in `events`. */
  after(seq: number): number {
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#events[middle]?.seq ?? 0) <= seq) low = middle + 1
      else high = middle
    }
    return low
  }

  event(seq: number): TraceEvent | null {
    const found = this.#events[this.after(seq) - 1]
    return found?.seq === seq ? found : null
  }

  #worldAt(seq: number, known: World): World {
    const from = known.seq <= seq && seq - known.seq < checkpointEvery ? known : this.#checkpointBefore(seq)
    return fold(this.#events.slice(this.after(from.seq), this.after(seq)), from)
  }

  #checkpointBefore(seq: number): World {
    return this.#checkpoints.findLast((world) => world.seq <= seq) ?? emptyWorld
  }

  #keepCheckpoint(): void {
    const last = this.#checkpoints.at(-1) ?? emptyWorld
    this.#checkpoints.push(fold(this.#events.slice(this.after(last.seq)), last))
  }

  #forget(): void {
    const half = this.#checkpoints.slice(Math.floor(this.#checkpoints.length / 2))
    const first = half[0]
    if (first === undefined) return
    this.#checkpoints = half
    this.#events = this.#events.slice(this.after(first.seq))
  }
}
