/** EXPUNGE. RFC 3501 §6.4.3, RFC 4315 §2.1. */
import type { Expunge } from '#protocol/imap/commands/expunge.ts'
import { ok, type ImapHandler } from '../outcome.ts'

export const expunge: ImapHandler<Expunge> = {
  updates: 'all',
  async run({ set }, account) {
    const { view } = account
    if (!view.mailbox.readOnly) {
      account.mustBeThere()
      await view.look()
      const among = set === null ? view.entries : account.messages(set, 'uid').map(({ entry }) => entry)
      const marked = among.filter((entry) => entry.flags.has('\\Deleted'))
      account.counts.expunged += marked.length
      const deleted = marked.filter((entry) => !view.isGone(entry.uid))
      if (deleted.length > 0) {
        await view.mailbox.expunge(
          deleted.map(({ uid }) => uid),
          account.cause('EXPUNGE'),
        )
      }
    }
    return ok('Expunge completed')
  },
}
