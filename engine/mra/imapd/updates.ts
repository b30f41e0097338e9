/**
 * Changes of a mailbox as a client is told them, unasked.
 *
 * RFC 3501 §7.2.6, §7.3, §7.4; MODSEQ, VANISHED: RFC 7162.
 */
import type { MessageEntry } from '#mailbox/mail-store.ts'
import type { MailboxView, ViewChanges } from '#mailbox/view.ts'
import { systemFlags } from '#protocol/imap/flags.ts'
import { writeSequenceSet } from '#protocol/imap/sequence-set.ts'

export type UpdateForm = {
  readonly uid: 'with-uid' | 'without-uid'
  readonly condstore: boolean
  /** The client knows VANISHED. */
  readonly vanished: boolean
}

/** `beforeExpunges`: what else the client must hear while the old numbers hold. */
export function writeChanges(
  changes: ViewChanges,
  view: MailboxView,
  form: UpdateForm,
  beforeExpunges: string,
): string {
  let text = ''
  if (changes.keywords !== null) text += writeKeywords(view)
  for (const { number, entry, what } of changes.flags) {
    if (what === 'modseq' && !form.condstore) continue
    const items: string[] = []
    if (form.uid === 'with-uid') items.push(`UID ${entry.uid}`)
    if (form.condstore) items.push(`MODSEQ (${entry.modseq})`)
    if (what === 'flags') items.push(`FLAGS ${writeFlags(entry, view)}`)
    text += `* ${number} FETCH (${items.join(' ')})\r\n`
  }
  text += beforeExpunges
  if (form.vanished && changes.expunged.length > 0) {
    text += `* VANISHED ${writeSequenceSet(changes.expunged.map(({ uid }) => uid).reverse())}\r\n`
  } else {
    for (const { number } of changes.expunged) text += `* ${number} EXPUNGE\r\n`
  }
  if (changes.exists !== null) text += `* ${changes.exists} EXISTS\r\n`
  if (changes.recent !== null) text += `* ${changes.recent} RECENT\r\n`
  return text
}

export function writeKeywords(view: MailboxView): string {
  const flags = [...systemFlags, ...view.keywords].join(' ')
  const permanent = view.mailbox.readOnly ? '()' : `(${flags} \\*)`
  const text = view.mailbox.readOnly ? 'Read-only mailbox.' : 'Flags permitted.'
  return `* FLAGS (${flags})\r\n* OK [PERMANENTFLAGS ${permanent}] ${text}\r\n`
}

/** System flags in Dovecot's order, \Recent, then keywords as the mailbox numbers them. */
export function writeFlags(entry: MessageEntry, view: MailboxView): string {
  const { flags } = entry
  const recent = entry.recent && view.recents === 'shown'
  if (flags.size === 0) return recent ? '(\\Recent)' : '()'
  let text = ''
  let left = flags.size
  for (const flag of systemFlags) {
    if (!flags.has(flag)) continue
    text += text === '' ? flag : ` ${flag}`
    left--
  }
  if (recent) text += text === '' ? '\\Recent' : ' \\Recent'
  if (left > 0) {
    for (const keyword of view.keywords) if (flags.has(keyword)) text += text === '' ? keyword : ` ${keyword}`
  }
  return `(${text})`
}
