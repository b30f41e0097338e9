/** COPY and MOVE. RFC 3501 §6.4.7, RFC 6851; COPYUID: RFC 4315 §3. */
import { MailboxError } from '#mailbox/mail-store.ts'
import type { Copy } from '#protocol/imap/commands/copy.ts'
import { writeSequenceSet } from '#protocol/imap/sequence-set.ts'
import { missing } from '../names.ts'
import { no, ok, type ImapHandler } from '../outcome.ts'
import { deletedUnderUs } from '../refusal.ts'
import { refuseOverQuota } from '../quota-check.ts'

export const copy: ImapHandler<Copy> = {
  updates: 'all',

  async *run({ name, set, by, mailbox }, account) {
    const messages = account.messages(set, by)
    if (messages.length === 0) return ok('No messages found')
    const target = account.names.toStore(mailbox)
    await account.provide(target)
    const uids = messages.map(({ entry }) => entry.uid)
    const { view } = account
    if (account.broken !== null)
      return name === 'COPY' ? deletedUnderUs : no(missing(account.names.toClient(view.mailbox.name)).message)
    await view.look('without-arrivals')
    if (uids.some((uid) => view.isGone(uid))) {
      // Where they were to go is looked at first.
      await account.store.status(target).catch((error: unknown) => {
        throw error instanceof MailboxError && error.code === 'NONEXISTENT' ? missing(mailbox) : error
      })
      return no('Some of the requested messages no longer exist', 'EXPUNGEISSUED')
    }
    if (name === 'COPY') await refuseOverQuota(account, { folder: target, messages: uids.length, uids })
    // Dovecot moves out of a mailbox that was only examined, too.
    const mode = name === 'MOVE' ? 'move' : 'copy'
    const copied = await view.mailbox
      .copyTo(target, uids, mode, account.cause(name))
      .catch((error: unknown) => {
        if (error instanceof MailboxError && error.code === 'NONEXISTENT') throw missing(mailbox)
        throw error
      })
    if (copied.uids.length === 0) return ok('No messages found')
    if (account.names.specialUse(target).includes('\\Trash')) account.counts.trashed += copied.uids.length
    const from = writeSequenceSet(copied.uids.map(([uid]) => uid))
    const to = writeSequenceSet(copied.uids.map(([, uid]) => uid))
    const code = `COPYUID ${copied.uidValidity} ${from} ${to}`
    if (name === 'COPY') return ok('Copy completed', code)
    yield `* OK [${code}] Moved UIDs.\r\n`
    return ok('Move completed')
  },
}
