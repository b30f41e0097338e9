/** SELECT and EXAMINE: close what is open, open another, say how it stands. RFC 3501 §6.3.1, §6.3.2; RFC 7162. */
import { MailboxError } from '#mailbox/mail-store.ts'
import type { Select, Qresync } from '#protocol/imap/commands/select.ts'
import { quoted } from '#protocol/imap/quoting.ts'
import { inRanges, resolveRanges, writeSequenceSet } from '#protocol/imap/sequence-set.ts'
import type { Account } from '../account.ts'
import { missing } from '../names.ts'
import { ok, type ImapHandler } from '../outcome.ts'
import { badArguments } from '../refusal.ts'
import { writeFlags, writeKeywords } from '../updates.ts'

export const select: ImapHandler<Select> = {
  updates: 'none',

  async *run(command, account) {
    if (account.selected !== null) {
      await account.close()
      yield '* OK [CLOSED] Previous mailbox closed.\r\n'
    }
    if (command.qresync !== null && !account.qresync) return badArguments(command.name, 'QRESYNC not enabled')
    if (command.problem !== null) return badArguments(command.name, command.problem)
    const name = account.names.toStore(command.mailbox)
    await account.provide(name)
    const mode = command.name === 'SELECT' ? 'read-write' : 'read-only'
    const mailbox = await account.store.open(name, mode).catch(async (error: unknown) => {
      if (!(error instanceof MailboxError) || error.code !== 'NONEXISTENT') throw error
      const folder = (await account.store.folders()).find((known) => known.name === name)
      throw folder?.isLevel === true
        ? new MailboxError('NOTPOSSIBLE', "Mailbox isn't selectable")
        : missing(command.mailbox)
    })
    if (command.condstore === 'asked' || command.qresync !== null) account.condstore = true
    const view = account.opened(mailbox)

    yield writeKeywords(view)
    yield `* ${view.entries.length} EXISTS\r\n`
    if (!account.rev2) yield `* ${view.recent} RECENT\r\n`
    const unseen = view.entries.findIndex((entry) => !entry.flags.has('\\Seen')) + 1
    if (unseen > 0 && !account.rev2) yield `* OK [UNSEEN ${unseen}] First unseen.\r\n`
    yield `* OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid\r\n`
    yield `* OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID\r\n`
    const { shared } = account.parts
    if (account.condstore) shared.track(account.store, name)
    if (shared.tracks(account.store, name)) {
      yield `* OK [HIGHESTMODSEQ ${mailbox.highestModseq}] Highest\r\n`
      account.sawModseq(mailbox.highestModseq)
    }
    if (account.rev2) yield `* LIST () ${quoted(account.names.separator)} ${account.names.written(name)}\r\n`
    if (command.qresync !== null && account.qresync) yield await resynchronized(command.qresync, account)
    return command.name === 'SELECT'
      ? ok('Select completed', 'READ-WRITE')
      : ok('Examine completed', 'READ-ONLY')
  },
}

/** What the client missed since it was here. RFC 7162 §3.2.5. */
async function resynchronized({ uidValidity, modseq, known }: Qresync, account: Account): Promise<string> {
  const { view } = account
  const { mailbox } = view
  if (uidValidity !== mailbox.uidValidity) return ''
  const ranges = known === null || known === 'saved' ? null : resolveRanges(known, mailbox.uidNext - 1)
  const asked = (uid: number) => ranges === null || inRanges(ranges, uid)
  const gone = (await mailbox.vanishedSince(modseq)).filter(asked).sort((a, b) => a - b)
  let text = gone.length === 0 ? '' : `* VANISHED (EARLIER) ${writeSequenceSet(gone)}\r\n`
  view.entries.forEach((entry, i) => {
    if (entry.modseq <= modseq || !asked(entry.uid)) return
    text += `* ${i + 1} FETCH (UID ${entry.uid} FLAGS ${writeFlags(entry, view)} MODSEQ (${entry.modseq}))\r\n`
  })
  return text
}

/** CLOSE removes what is marked, and says nothing of it; UNSELECT leaves it. */
export const close: ImapHandler<{ readonly name: 'CLOSE' }> = {
  updates: 'none',
  async run(_command, account) {
    const { mailbox, entries } = account.view
    if (!mailbox.readOnly && account.broken === null) {
      await mailbox.refresh()
      account.counts.expunged += entries.filter((entry) => entry.flags.has('\\Deleted')).length
      const deleted = mailbox.messages().filter((entry) => entry.flags.has('\\Deleted'))
      if (deleted.length > 0) {
        await mailbox.expunge(
          deleted.map(({ uid }) => uid),
          account.cause('CLOSE'),
        )
      }
    }
    if (account.broken === null) await account.close()
    return ok('Close completed')
  },
}

export const unselect: ImapHandler<{ readonly name: 'UNSELECT' }> = {
  updates: 'none',
  async run(_command, account) {
    await account.close()
    return ok('Unselect completed')
  },
}

/** Nothing is put off that CHECK could do. */
export const check: ImapHandler<{ readonly name: 'CHECK' }> = {
  updates: 'all',
  run: () => Promise.resolve(ok('Check completed')),
}

export const noop: ImapHandler<{ readonly name: 'NOOP' }> = {
  updates: 'all',
  run: () => Promise.resolve(ok('NOOP completed')),
}
