/**
 * Shows the trace at human speed: one moment after the other travels, and only when it has arrived does the world
 * go on. A long backlog is shown faster, a very long one from near its end.
 */
import { initialTransition, transition } from 'xstate'
import { isMoment, momentOf, type Moment } from './moments.ts'
import { playbackMachine, type PlaybackEvent } from './playback.machine.ts'
import type { Timeline } from './timeline.svelte.ts'

/** With so many moments waiting, a live picture goes faster; with too many, it begins near the end. */
const unhurried = 100
/** Before an act of the learner's own, so many are enough to go faster. */
const unhurriedBeforeAct = 4
const longestBacklog = 800
const keptOfBacklog = 100
const fastest = 8

export type PlaybackState = 'live' | 'paused' | 'playing' | 'stepping'

export class Playback {
  readonly #timeline: Timeline
  #snapshot = $state.raw(initialTransition(playbackMachine)[0])
  #travelling = $state.raw<Moment | null>(null)
  #progress = 0
  #lastFrame: number | null = null
  #frame = 0
  #hasteUntil = 0

  readonly state = $derived(this.#snapshot.value)
  #speed = $state(1)
  readonly speed = $derived(this.#speed)

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  /** What travels now; when nothing does, what arrived last. */
  readonly moment: Moment | null = $derived.by(() => this.#travelling ?? this.#arrivedLast())
  readonly moving = $derived(this.#travelling !== null)

  /** How far what travels has come: 0 to 1. Not a signal: whoever draws frames asks every frame. */
  get progress(): number {
    return this.#travelling === null ? 1 : this.#progress
  }

  send(event: PlaybackEvent): void {
    this.#snapshot = transition(playbackMachine, this.#snapshot, event)[0]
    this.#wake()
  }

  play(): void {
    this.send({ type: this.#timeline.position < this.#timeline.head ? 'PLAY' : 'LIVE' })
  }

  toggle(): void {
    if (this.state === 'paused') this.play()
    else this.send({ type: 'PAUSE' })
  }

  setSpeed(speed: number): void {
    this.#speed = speed
  }

  seek(position: number): void {
    this.#travelling = null
    this.#timeline.seek(position)
    this.send({ type: 'SEEK' })
  }

  stepForward(): void {
    this.#arrive()
    this.send({ type: 'STEP' })
  }

  /** Undoes the moment that arrived last. */
  stepBack(): void {
    if (this.#travelling !== null) {
      this.#travelling = null
      this.send({ type: 'SEEK' })
      return
    }
    const { events } = this.#timeline
    let at = this.#timeline.after(this.#timeline.position) - 1
    for (; at >= 0; at -= 1) {
      const event = events[at]
      if (event && isMoment(event)) break
    }
    this.seek(at < 0 ? this.#timeline.first : (events[at]?.seq ?? 1) - 1)
  }

  goLive(): void {
    this.#travelling = null
    this.#timeline.seek(this.#timeline.head)
    this.send({ type: 'LIVE' })
  }

  /** The learner has acted: what happened before is shown quickly, so that the act is seen at once. */
  hasten(): void {
    this.#hasteUntil = this.#timeline.head
  }

  /** New events have come. */
  heard(): void {
    this.#wake()
  }

  #wake(): void {
    if (this.#frame === 0 && this.state !== 'paused') this.#frame = requestAnimationFrame(this.#tick)
  }

  readonly #tick = (now: number): void => {
    this.#frame = 0
    const elapsed = this.#lastFrame === null ? 0 : Math.min(now - this.#lastFrame, 100)
    this.#lastFrame = now
    if (this.state === 'paused') {
      this.#lastFrame = null
      return
    }
    this.#travelling ??= this.#depart()
    if (this.#travelling === null) {
      this.#lastFrame = null
      this.#snapshot = transition(playbackMachine, this.#snapshot, { type: 'caught-up' })[0]
      return
    }
    this.#progress += (elapsed * this.#speed * this.#hurry()) / this.#travelling.lasts
    if (this.#progress >= 1) {
      this.#arrive()
      this.#snapshot = transition(playbackMachine, this.#snapshot, { type: 'arrived' })[0]
    }
    this.#wake()
  }

  /** Goes on to just before the next moment. */
  #depart(): Moment | null {
    const { events } = this.#timeline
    if (this.state === 'live') this.#skipFarBehind()
    let at = this.#timeline.after(this.#timeline.position)
    for (; at < events.length; at += 1) {
      const event = events[at]
      if (event === undefined || !isMoment(event)) continue
      this.#timeline.seek(event.seq - 1)
      const moment = momentOf(event, this.#timeline.world)
      if (moment !== null) {
        this.#progress = 0
        return moment
      }
    }
    this.#timeline.seek(this.#timeline.head)
    return null
  }

  #arrive(): void {
    if (this.#travelling === null) return
    this.#timeline.seek(this.#travelling.seq)
    this.#travelling = null
  }

  #arrivedLast(): Moment | null {
    const { events, position } = this.#timeline
    const end = this.#timeline.after(position)
    for (let at = end - 1; at >= Math.max(0, end - 200); at -= 1) {
      const event = events[at]
      if (event && isMoment(event)) return momentOf(event, this.#timeline.world)
    }
    return null
  }

  #waiting(): number {
    const { events } = this.#timeline
    let waiting = 0
    for (let at = this.#timeline.after(this.#timeline.position); at < events.length; at += 1) {
      const event = events[at]
      if (event && isMoment(event)) waiting += 1
      if (waiting > longestBacklog) break
    }
    return waiting
  }

  #hurry(): number {
    if (this.state !== 'live') return 1
    if (this.#timeline.position < this.#hasteUntil) return Math.max(1, this.#waiting() / unhurriedBeforeAct)
    return Math.min(fastest, Math.max(1, this.#waiting() / unhurried))
  }

  #skipFarBehind(): void {
    if (this.#waiting() <= longestBacklog) return
    const { events } = this.#timeline
    let kept = 0
    for (let at = events.length - 1; at >= 0; at -= 1) {
      const event = events[at]
      if (event && isMoment(event)) kept += 1
      if (event && kept === keptOfBacklog) {
        this.#timeline.seek(event.seq - 1)
        return
      }
    }
  }
}
