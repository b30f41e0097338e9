/** STATUS. RFC 3501 §6.3.10. */
import { MailboxError, type FolderStatus } from '#mailbox/mail-store.ts'
import type { MailboxView } from '#mailbox/view.ts'
import type { Status, StatusItem } from '#protocol/imap/commands/status.ts'
import type { Account } from '../account.ts'
import { missing } from '../names.ts'
import { ok, type ImapHandler } from '../outcome.ts'
import { Refusal } from '../refusal.ts'

export const status: ImapHandler<Status> = {
  updates: 'none',
  async *run({ mailbox, items }, account) {
    const name = nameOf(account, mailbox)
    if (items.includes('HIGHESTMODSEQ')) yield account.enableCondstore()
    if (name instanceof MailboxError) throw name
    await account.provide(name)
    try {
      yield await writeStatus(account, name, mailbox, items)
    } catch (error) {
      if (error instanceof MailboxError && error.code === 'NONEXISTENT') throw missing(mailbox)
      throw error
    }
    return account.selected?.mailbox.name === name
      ? ok('Status on selected mailbox completed', 'CLIENTBUG')
      : ok('Status completed')
  },
}

/** A name that the store would not take is found out later than one that is none. */
function nameOf({ names }: Account, typed: string): string | MailboxError {
  try {
    return names.toStore(typed)
  } catch (error) {
    if (error instanceof MailboxError) return error
    throw error
  }
}

export async function writeStatus(
  account: Account,
  name: string,
  shown: string,
  items: readonly StatusItem[],
): Promise<string> {
  if (items.includes('DELETED') && !account.announces('IMAP4REV2'))
    throw new Refusal({ status: 'BAD', text: 'Invalid status item DELETED' })
  let news = ''
  if (items.includes('HIGHESTMODSEQ')) {
    news = account.enableCondstore()
    account.parts.shared.track(account.store, name)
  }
  const now = await account.store.status(name)
  const values = account.selected?.mailbox.name === name ? asTold(account.selected, now) : now
  const guid = items.includes('X-GUID') ? await guidOf(account, name) : ''
  const written = items.map((item) => `${item} ${item === 'X-GUID' ? guid : valueOf(item, values)}`)
  return `${news}* STATUS ${account.names.astring(shown)} (${written.join(' ')})\r\n`
}

/** Of the open mailbox a client hears the numbers that it knows. */
function asTold({ entries, recent, uidNext }: MailboxView, now: FolderStatus): FolderStatus {
  const unseen = entries.filter(({ flags }) => !flags.has('\\Seen')).length
  return { ...now, messages: entries.length, recent, unseen, uidNext }
}

function valueOf(item: Exclude<StatusItem, 'X-GUID'>, values: FolderStatus): number {
  switch (item) {
    case 'MESSAGES':
      return values.messages
    case 'RECENT':
      return values.recent
    case 'UIDNEXT':
      return values.uidNext
    case 'UIDVALIDITY':
      return values.uidValidity
    case 'UNSEEN':
      return values.unseen
    case 'DELETED':
      return values.deleted
    case 'HIGHESTMODSEQ':
      return values.highestModseq
    case 'SIZE':
    case 'X-SIZE':
      return values.size
    default:
      return item satisfies never
  }
}

async function guidOf(account: Account, name: string): Promise<string> {
  const mailbox = await account.store.open(name, 'read-only')
  const { guid } = mailbox
  await mailbox.close()
  return guid
}
