/** CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE. RFC 3501 §6.3.3 to §6.3.7. */
import { MailboxError } from '#mailbox/mail-store.ts'
import type { Rename } from '#protocol/imap/commands/rename.ts'
import type { Account } from '../account.ts'
import { missing } from '../names.ts'
import { no, ok, type ImapHandler } from '../outcome.ts'
import { Refusal } from '../refusal.ts'

type OfMailbox<N extends string> = { readonly name: N; readonly mailbox: string }

export const create: ImapHandler<OfMailbox<'CREATE'>> = {
  updates: 'none',
  async run({ mailbox }, account) {
    const { separator } = account.names
    // A name that ends in the separator: a folder that shall have children. Only an mbox makes a difference.
    const parent = mailbox.endsWith(separator) && !mailbox.endsWith(separator + separator)
    const name = account.names.toStore(parent ? mailbox.slice(0, -separator.length) : mailbox)
    await account.store.create(
      parent && account.store.format === 'mbox' ? `${name}/` : name,
      account.cause('CREATE'),
    )
    account.announce()
    return ok('Create completed')
  },
}

export const remove: ImapHandler<OfMailbox<'DELETE'>> = {
  updates: 'none',
  async run({ mailbox }, account) {
    if (mailbox === '') throw new Refusal(no("Storage root can't be deleted", 'CANNOT'))
    const name = account.names.toStore(mailbox)
    await named(mailbox, () => account.store.remove(name, account.cause('DELETE')))
    account.lost(name, 'deleted')
    account.announce()
    return ok('Delete completed')
  },
}

export const rename: ImapHandler<Rename> = {
  updates: 'none',
  async run({ from, to }, account) {
    const [source, target] = [account.names.toStore(from), account.names.toStore(to)]
    if (source === target && source !== 'INBOX') {
      throw new Refusal(no("Can't rename mailbox to itself", 'ALREADYEXISTS'))
    }
    if (target.startsWith(`${source}/`) && source !== 'INBOX') {
      throw new Refusal(no("Can't rename mailbox under its own child"))
    }
    await named(from, () => account.store.rename(source, target, account.cause('RENAME')))
    account.lost(source, 'renamed')
    account.announce({ from: source, to: target })
    return ok('Rename completed')
  },
}

export const subscribe: ImapHandler<OfMailbox<'SUBSCRIBE'>> = {
  updates: 'none',
  async run({ mailbox }, account) {
    const { separator } = account.names
    // Nothing is below what is subscribed.
    if (mailbox.endsWith(separator)) throw missing(mailbox.slice(0, -separator.length))
    const name = await existing(mailbox, account)
    await account.store.subscribe(name, 'subscribed')
    account.announce()
    return ok('Subscribe completed')
  },
}

export const unsubscribe: ImapHandler<OfMailbox<'UNSUBSCRIBE'>> = {
  updates: 'none',
  async run({ mailbox }, account) {
    await account.store.subscribe(account.names.toStore(mailbox), 'unsubscribed')
    account.announce()
    return ok('Unsubscribe completed')
  },
}

/** The store's name of a folder that is there; of a name that cannot be one Dovecot says the same as of a missing one. */
async function existing(mailbox: string, account: Account): Promise<string> {
  try {
    const name = account.names.toStore(mailbox)
    const folders = await account.store.folders()
    if (folders.some((folder) => folder.name === name && (folder.selectable || folder.isLevel === true)))
      return name
    if (account.names.configured.some((known) => known.name === name && known.auto !== 'no')) return name
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error
  }
  throw missing(mailbox)
}

/** A missing mailbox is named as the client wrote it. */
async function named<T>(mailbox: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof MailboxError && error.code === 'NONEXISTENT') throw missing(mailbox)
    throw error
  }
}
