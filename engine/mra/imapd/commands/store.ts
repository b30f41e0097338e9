/** STORE: changes flags; what became of them is told like any change. RFC 3501 §6.4.6; RFC 7162 §3.1.3. */
import { changedFlags } from '#mailbox/folder-core.ts'
import type { Uid } from '#mailbox/mail-store.ts'
import type { Store } from '#protocol/imap/commands/store.ts'
import type { Refused } from '#protocol/imap/grammar.ts'
import { writeSequenceSet } from '#protocol/imap/sequence-set.ts'
import { no, ok, type ImapHandler, type Tagged } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { Account } from '../account.ts'

export const store: ImapHandler<Store> = {
  updates: 'by-uid',

  async *run(command, account) {
    const { view } = account
    const { unchangedSince, answer, change, by } = command
    if (command.problem !== null) {
      account.messages(command.set, command.by)
      if (unchangedSince !== null) yield account.enableCondstore()
      throw new Refusal(asTagged(command.problem))
    }
    const tooLong = longKeywords(account, command.flags)
    if (tooLong !== null) return tooLong
    const messages = account.messages(command.set, command.by)
    if (unchangedSince !== null) yield account.enableCondstore()
    if (view.mailbox.readOnly) {
      for (const flag of command.flags) if (!flag.startsWith('\\')) view.keyword(flag)
      return unchangedSince === null
        ? ok('Store ignored with read-only mailbox')
        : no('CONDSTORE failed: Mailbox is read-only')
    }
    account.mustBeThere()
    const flags = command.flags.map((flag) => (flag.startsWith('\\') ? flag : view.keyword(flag)))
    const modified =
      unchangedSince === null ? [] : messages.filter(({ entry }) => entry.modseq > unchangedSince)
    const left =
      unchangedSince === null ? messages : messages.filter(({ entry }) => entry.modseq <= unchangedSince)
    const uids = left.flatMap(({ entry }): Uid[] => (view.isGone(entry.uid) ? [] : [entry.uid]))
    for (const { entry } of left) if (view.isGone(entry.uid)) view.changeGone(entry.uid, change, flags)
    if (change !== 'remove' && flags.includes('\\Deleted'))
      account.counts.deleted += left.filter(({ entry }) => !entry.flags.has('\\Deleted')).length
    if (uids.length > 0) {
      const changed = await view.mailbox.setFlags(uids, change, flags, account.cause('STORE'))
      if (answer === 'silent') view.acknowledge(changed, (before) => changedFlags(before, change, flags))
    }
    if (modified.length === 0) return ok('Store completed')
    const numbers = modified.map(({ number, entry }) => (by === 'uid' ? entry.uid : number))
    return ok('Conditional store failed', `MODIFIED ${writeSequenceSet(numbers)}`)
  },
}

/** Dovecot 2.3, mail_max_keyword_length. */
export function longKeywords({ parts }: Account, flags: readonly string[]): Tagged | null {
  const longest = parts.settings.number('mail_max_keyword_length') || 50
  const tooLong = flags.some((flag) => !flag.startsWith('\\') && flag.length > longest)
  return tooLong ? no('Keyword length too long', 'CANNOT') : null
}

const asTagged = (refused: Refused): Tagged =>
  'no' in refused ? no(refused.no, refused.code) : { status: 'BAD', text: refused.message }
