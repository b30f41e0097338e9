/**
 * Of the open mailbox a client that has used NOTIFY hears what it asked for, and nothing else: without MessageNew not
 * even how many messages there are.
 *
 * RFC 5465 §3.1, §5.
 */
import type { ViewChanges } from '#mailbox/view.ts'
import type { NotifyGroup } from '#protocol/imap/commands/notify.ts'

export type SelectedNews = {
  readonly expunges: 'at-any-time' | 'when-safe'
  /** Without counts a client hears nothing at all. */
  readonly counts: 'told' | 'not-told'
  select(changes: ViewChanges): ViewChanges
}

/** `group`: that of SELECTED, if the client named one. */
export function selectedNews(group: NotifyGroup | undefined): SelectedNews {
  const events = new Set(group?.events)
  return {
    expunges: group?.scope === 'selected' && events.has('MessageExpunge') ? 'at-any-time' : 'when-safe',
    counts: events.has('MessageNew') ? 'told' : 'not-told',
    select: (changes) => (events.has('FlagChange') ? changes : { ...changes, flags: [] }),
  }
}
