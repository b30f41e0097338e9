/** GETQUOTAROOT, GETQUOTA, SETQUOTA. RFC 2087. */
import type { QuotaRoot } from '#protocol/imap/commands/quota.ts'
import { astringOut, quoted } from '#protocol/imap/quoting.ts'
import type { Account } from '../account.ts'
import { no, ok, type ImapHandler } from '../outcome.ts'
import { readQuota, usedQuota, type Quota } from '../quota.ts'

export const getquotaroot: ImapHandler<{ readonly name: 'GETQUOTAROOT'; readonly mailbox: string }> = {
  updates: 'none',
  async *run({ mailbox }, account) {
    const quota = readQuota(account.parts.settings)
    if (quota !== null && isUnlimited(quota)) return ok('No quota')
    yield `* QUOTAROOT ${astringOut(mailbox)}${quota === null ? '' : ` ${quoted(quota.root)}`}\r\n`
    if (quota !== null) yield await write(quota, account)
    return ok('Getquotaroot completed')
  },
}

export const getquota: ImapHandler<QuotaRoot> = {
  updates: 'none',
  async *run({ name, root }, account) {
    const quota = readQuota(account.parts.settings)
    if (name === 'SETQUOTA') return no('Quota can be changed only by admin')
    if (quota?.root !== root) return no("Quota root doesn't exist")
    if (!isUnlimited(quota)) yield await write(quota, account)
    return ok('Getquota completed')
  },
}

const isUnlimited = ({ storage, messages }: Quota): boolean => storage === null && messages === null

/** In kilobytes, rounded up. */
async function write({ root, storage, messages }: Quota, account: Account): Promise<string> {
  const used = await usedQuota(account.store)
  const items: string[] = []
  if (storage !== null) items.push(`STORAGE ${Math.ceil(used.size / 1024)} ${Math.ceil(storage / 1024)}`)
  if (messages !== null) items.push(`MESSAGE ${used.messages} ${messages}`)
  return `* QUOTA ${quoted(root)} (${items.join(' ')})\r\n`
}
