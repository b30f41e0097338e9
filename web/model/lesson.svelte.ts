/** The lessons, the one that is open, and which of its tasks are done: judged from the trace, never from the page. */
import type { TraceEvent } from '#trace/events.ts'
import type { World } from '#trace/world.ts'
import type { Timeline } from './timeline.svelte.ts'

type Both = { readonly en: string; readonly zh: string }

export type Task = {
  readonly id: string
  readonly text: Both
  readonly hints: readonly Both[]
  /** The check in the scenario grammar: `mailbox bob/INBOX has 1 message`. */
  readonly check: string
}

/** A term of the field, from the glossary. */
export type Term = {
  readonly term: string
  readonly name: Both
  readonly meaning: Both
  /** Where a standard or a manual says so. */
  readonly where: string
}

/** `html` is made by the engine from the lesson's own Markdown: never from mail. */
export type Lesson = {
  readonly id: string
  readonly chapter: string
  readonly title: Both
  readonly html: Both
  readonly terms: readonly string[]
  readonly rfc: readonly string[]
  /** The views to look at. */
  readonly show: readonly string[]
  readonly tasks: readonly Task[]
}

export type TaskState = { readonly done: boolean; readonly why: Both }

export type Judge = (check: string, world: World, events: readonly TraceEvent[]) => TaskState

const notYet: TaskState = { done: false, why: { en: '', zh: '' } }

export class Lessons {
  readonly #timeline: Timeline
  #all = $state.raw<readonly Lesson[]>([])
  #terms = $state.raw<readonly Term[]>([])
  #chosen = $state<string | null>(null)
  /** Judges a check; loaded when the first lesson opens. */
  #judge = $state.raw<Judge | null>(null)

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  readonly all = $derived(this.#all)
  readonly terms = $derived(this.#terms)
  readonly chosen: Lesson | null = $derived(this.#all.find(({ id }) => id === this.#chosen) ?? null)
  readonly states: readonly TaskState[] = $derived.by(() => {
    const judge = this.#judge
    const { newest, events } = this.#timeline
    return (this.chosen?.tasks ?? []).map(({ check }) => judge?.(check, newest, events) ?? notYet)
  })

  know(lessons: readonly Lesson[]): void {
    this.#all = lessons
  }

  choose(id: string | null): void {
    this.#chosen = id
    if (this.#judge === null) void import('./judge.ts').then(({ judgeCheck }) => (this.#judge = judgeCheck))
  }

  define(terms: readonly Term[]): void {
    this.#terms = terms
  }

  term(word: string): Term | null {
    const wanted = word.toLowerCase()
    return this.#terms.find(({ term }) => term.toLowerCase() === wanted) ?? null
  }
}
