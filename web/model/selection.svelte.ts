/** What the learner has selected. One selection for the whole page: selected in one view, it is selected in all. */
import type { World } from '#trace/world.ts'
import type { Timeline } from './timeline.svelte.ts'

export type Selected =
  | { readonly kind: 'event'; readonly seq: number }
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'letter'; readonly journey: string }
  | { readonly kind: 'queueFile'; readonly key: string }
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'mailbox'; readonly key: string }

/** Everything that the selected thing is part of. */
export type Focus = {
  readonly seq: number | null
  readonly session: string | null
  readonly journey: string | null
  readonly queueFile: string | null
  readonly host: string | null
  readonly mailbox: string | null
}

const nothing: Focus = { seq: null, session: null, journey: null, queueFile: null, host: null, mailbox: null }

export class Selection {
  #item = $state.raw<Selected | null>(null)
  readonly #timeline: Timeline

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  readonly item = $derived(this.#item)
  readonly focus: Focus = $derived.by(() => focusOf(this.#item, this.#timeline))

  select(item: Selected | null): void {
    this.#item = item
  }
}

function focusOf(item: Selected | null, timeline: Timeline): Focus {
  if (item === null) return nothing
  const world: World = timeline.newest
  switch (item.kind) {
    case 'event': {
      const event = timeline.event(item.seq)
      if (event === null) return { ...nothing, seq: item.seq }
      const session = 'session' in event && event.session !== undefined ? event.session : null
      const journey = event.journey ?? null
      const queueFile =
        'queueId' in event && event.queueId !== undefined ? `${event.host ?? ''}/${event.queueId}` : null
      return { ...nothing, seq: item.seq, session, journey, queueFile, host: event.host ?? null }
    }
    case 'session': {
      const session = world.sessions.get(item.id)
      return { ...nothing, session: item.id, host: session?.host ?? null, journey: session?.journey ?? null }
    }
    case 'letter':
      return { ...nothing, journey: item.journey }
    case 'queueFile': {
      const file = world.queueFiles.get(item.key)
      return {
        ...nothing,
        queueFile: item.key,
        journey: file?.journey ?? null,
        host: file?.host ?? null,
        session: file?.session ?? null,
      }
    }
    case 'host':
      return { ...nothing, host: item.name }
    case 'mailbox':
      return { ...nothing, mailbox: item.key, host: world.mailboxes.get(item.key)?.host ?? null }
    default:
      return item satisfies never
  }
}
