/**
 * A piece of a message that the server has, named by a URL: `/INBOX/;UID=3/;SECTION=1.2/;PARTIAL=0.100`.
 *
 * RFC 4469, RFC 5092; URL-PARTIAL: RFC 5550 §2.4.2.
 */
import { MailboxError, type Uid } from '#mailbox/mail-store.ts'
import { readSection } from '#protocol/imap/fetch-item.ts'
import { readArguments, type Argument } from '#protocol/imap/tokens.ts'
import { readMimeTree } from '#protocol/message/mime-tree.ts'
import type { Account } from './account.ts'
import { cutSection } from './fetch/sections.ts'
import { no, type Tagged } from './outcome.ts'
import { readContent } from './search/message.ts'

const form =
  /^(?:\/?([^;/]+(?:\/[^;/]+)*?)(?:;UIDVALIDITY=(\d{1,10}))?\/)?;UID=(\d{1,10})(?:\/;SECTION=([^;/]+))?(?:\/;PARTIAL=(\d{1,15})(?:\.(\d{1,15}))?)?$/i

export async function catenated(account: Account, url: string): Promise<Uint8Array | Tagged> {
  const bad = (why: string): Tagged => no(why, `BADURL ${url}`)
  const match = form.exec(url)
  if (match === null) return bad(brokenUrl(url))
  const [, mailbox, uidValidity, uid, section, start, count] = match
  const content = await contentOf(
    account,
    mailbox === undefined ? null : decodeURI(mailbox),
    uidValidity,
    Number(uid) as Uid,
  )
  if (Number(uid) === 0) return bad('Invalid IMAP URL: UID cannot be zero')
  if (typeof content === 'string') return bad(content)
  const wanted =
    section === undefined ? ({ path: [], what: 'all', names: [] } as const) : sectionOf(decodeURI(section))
  if (wanted === null) return bad('Invalid section')
  const cut = cutSection(content, readMimeTree(content), wanted)
  const from = Number(start ?? 0)
  return cut.subarray(from, count === undefined ? undefined : from + Number(count))
}

function brokenUrl(url: string): string {
  if (/^[a-z][a-z+.-]*:\/\//i.test(url)) return 'Invalid IMAP URL: Relative URL required'
  if (/^\/;uid=/i.test(url)) return 'Mailbox-relative IMAP URL, but no mailbox selected'
  const extension = /;uid=\d+(?:\/;section=[^;/]+)?(;[^/]*)/i.exec(url)?.[1]
  const what = extension === undefined ? '' : `: Unrecognized IMAP URL extension: ${extension}`
  return `Invalid IMAP URL${what}`
}

async function contentOf(
  account: Account,
  mailbox: string | null,
  uidValidity: string | undefined,
  uid: Uid,
): Promise<Uint8Array | string> {
  const { selected } = account
  if (mailbox === null) {
    return selected === null
      ? 'No mailbox selected'
      : ((await readContent(selected.mailbox, uid)) ?? 'Message not found')
  }
  try {
    const opened = await account.store.open(account.names.toStore(mailbox), 'read-only')
    try {
      if (uidValidity !== undefined && Number(uidValidity) !== opened.uidValidity)
        return 'Invalid UIDVALIDITY'
      return (await readContent(opened, uid)) ?? 'Message not found'
    } finally {
      await opened.close()
    }
  } catch (error) {
    if (error instanceof MailboxError) return error.message
    throw error
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
