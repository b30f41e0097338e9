/** The lessons, the one that is open, and which of its tasks are done: judged from the trace, never from the page. */
import type { Timeline } from './timeline.svelte.ts'

type Both = { readonly en: string; readonly zh: string }

export type Task = {
  readonly id: string
  readonly text: Both
  readonly hints: readonly Both[]
  /** The check in the scenario grammar: `mailbox bob/INBOX has 1 message`. */
  readonly check: string
}

/** `html` is made by the engine from the lesson's own Markdown: never from mail. */
export type Lesson = {
  readonly id: string
  readonly chapter: string
  readonly title: Both
  readonly html: Both
  readonly tasks: readonly Task[]
}

export type TaskState = { readonly done: boolean; readonly why: string }

export class Lessons {
  readonly #timeline: Timeline
  #all = $state.raw<readonly Lesson[]>([])
  #chosen = $state<string | null>(null)
  /** Judges a check; loaded when the first lesson opens. */
  #judge = $state.raw<((check: string) => TaskState) | null>(null)

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  readonly all = $derived(this.#all)
  readonly chosen: Lesson | null = $derived(this.#all.find(({ id }) => id === this.#chosen) ?? null)
  readonly states: readonly TaskState[] = $derived.by(() => {
    void this.#timeline.head
    const judge = this.#judge
    return (this.chosen?.tasks ?? []).map(({ check }) => judge?.(check) ?? { done: false, why: '' })
  })

  know(lessons: readonly Lesson[]): void {
    this.#all = lessons
  }

  choose(id: string | null): void {
    this.#chosen = id
  }

  judgeWith(judge: (check: string) => TaskState): void {
    this.#judge = judge
  }
}
