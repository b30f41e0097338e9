/** Mailboxes: the files that hold letters, as the MDA wrote them and the MRA changed them. */
import type { FactOf, Stamp, TraceEvent } from '../events.ts'
import { mailboxKey, queueFileKey, type MailboxFileView, type MailboxView } from '../world.ts'
import type { Draft } from './draft.ts'

type At<F> = Stamp & F

export function foldMailbox(draft: Draft, event: TraceEvent): void {
  switch (event.type) {
    case 'mailbox.delivered': {
      const mailbox = { ...mailboxOf(draft, event), format: event.format }
      const key = event.format === 'mbox' ? `${event.file}#${event.seq}` : event.file
      const file: MailboxFileView = {
        ...newFile(event, key, event.file),
        size: event.size,
        queueFile: deliveredFrom(draft, event),
      }
      draft.set('mailboxes', mailbox.key, { ...mailbox, files: draft.own(mailbox.files).set(key, file) })
      return
    }
    case 'mailbox.file': {
      const mailbox = mailboxOf(draft, event)
      draft.set('mailboxes', mailbox.key, { ...mailbox, files: changed(draft, mailbox, event) })
      return
    }
    case 'mailbox.opened': {
      const mailbox = mailboxOf(draft, event)
      draft.set('mailboxes', mailbox.key, { ...mailbox, uidValidity: event.uidValidity })
    }
  }
}

function mailboxOf(draft: Draft, event: TraceEvent & { user: string; mailbox: string }): MailboxView {
  const host = event.host ?? ''
  const { user, mailbox } = event
  const key = mailboxKey(host, user, mailbox)
  const known = draft.world.mailboxes.get(key)
  return known ?? { key, host, user, mailbox, format: null, uidValidity: null, files: new Map() }
}

function changed(
  draft: Draft,
  mailbox: MailboxView,
  event: At<FactOf<'mailbox.file'>>,
): MailboxView['files'] {
  const old = mailbox.files.get(event.file)
  const files = draft.own(mailbox.files)
  switch (event.change) {
    case 'created':
      if (old === undefined && isLetter(event.file))
        files.set(event.file, newFile(event, event.file, event.file))
      return files
    case 'renamed': {
      const to = event.to ?? event.file
      files.delete(event.file)
      files.set(to, { ...(old ?? newFile(event, to, to)), key: to, file: to })
      return files
    }
    case 'removed':
      files.delete(event.file)
      return files
    case 'rewritten':
      return files
    default:
      return event.change satisfies never
  }
}

/** A file of a Maildir's trays; the folders themselves, indexes and the like are no letters. maildir(5). */
const isLetter = (file: string) => /\/(?:tmp|new|cur)\/[^/]+$/.test(file)

const newFile = (event: TraceEvent, key: string, file: string): MailboxFileView => ({
  key,
  file,
  size: null,
  at: event.at,
  seq: event.seq,
  journey: event.journey ?? null,
  queueFile: null,
})

/** An agent on this host names the queue file; an LMTP session has it from the connection that brought it. */
function deliveredFrom(draft: Draft, event: At<FactOf<'mailbox.delivered'>>): string | null {
  const connection = draft.world.connections.get(
    draft.world.sessions.get(event.session ?? '')?.connection ?? '',
  )
  if (connection?.queueFile) return connection.queueFile
  return event.queueId === undefined ? null : queueFileKey(event.host ?? '', event.queueId)
}
