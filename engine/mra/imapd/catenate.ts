/**
 * A piece of a message that the server has, named by a URL: `/INBOX/;UID=3/;SECTION=1.2/;PARTIAL=0.100`.
 *
 * RFC 4469.
 */
import { MailboxError, type Uid } from '#mailbox/mail-store.ts'
import { readSection } from '#protocol/imap/fetch-item.ts'
import { readArguments, type Argument } from '#protocol/imap/tokens.ts'
import { readImapUrl } from '#protocol/imap/url.ts'
import { readMimeTree } from '#protocol/message/mime-tree.ts'
import type { Account } from './account.ts'
import { cutSection } from './fetch/sections.ts'
import { no, type Tagged } from './outcome.ts'
import { readContent } from './search/message.ts'

export async function catenated(account: Account, text: string): Promise<Uint8Array | Tagged> {
  const bad = (why: string): Tagged => no(why, `BADURL ${text}`)
  const { selected } = account
  const open = selected === null ? null : account.names.toClient(selected.mailbox.name)
  const read = readImapUrl(text, open)
  if (!read.ok) return bad(read.message)
  const { mailbox, uidValidity, uid, section, partial } = read.url
  if (mailbox === null) return bad('Mailbox-relative IMAP URL, but no mailbox selected')
  // What is no message is refused in the words of whatever went wrong before.
  if (uid === null) return account.lastError
  const content = await contentOf(account, mailbox, uidValidity, uid as Uid)
  if (typeof content === 'string') return bad(content)
  const wanted = section === null ? ({ path: [], what: 'all', names: [] } as const) : sectionOf(section)
  if (wanted === null) return account.lastError
  const cut = cutSection(content, readMimeTree(content), wanted)
  const { start, count } = partial ?? { start: 0, count: null }
  return cut.subarray(start, count === null ? undefined : start + count)
}

async function contentOf(
  account: Account,
  mailbox: string,
  uidValidity: number | null,
  uid: Uid,
): Promise<Uint8Array | string> {
  try {
    const opened = await account.store.open(account.names.toStore(mailbox), 'read-only')
    try {
      if (uidValidity !== null && uidValidity !== opened.uidValidity) return 'Invalid UIDVALIDITY'
      const content = await readContent(opened, uid)
      if (content !== null) return content
      account.lastError = no('Message was expunged', 'EXPUNGEISSUED')
      return 'Message not found'
    } finally {
      await opened.close()
    }
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error
    account.lastError = no(error.message)
    return error.message
  }
}

/** `HEADER.FIELDS (SUBJECT)` has a list. */
function sectionOf(text: string) {
  const open = text.indexOf('(')
  const args = readArguments(open < 0 ? '' : text.slice(open))
  const list: Argument | undefined = args.ok ? args.args[0] : undefined
  const names = list?.kind === 'list' ? list.items : []
  return readSection((open < 0 ? text : text.slice(0, open)).trim().toUpperCase(), names)
}
