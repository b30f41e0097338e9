/** GETQUOTAROOT, GETQUOTA, SETQUOTA. RFC 2087. */
import { quotaRoots } from '#mailbox/quota.ts'
import type { QuotaRoot } from '#protocol/imap/commands/quota.ts'
import { astringOut } from '#protocol/imap/quoting.ts'
import { no, ok, type ImapHandler } from '../outcome.ts'
import { limitedRoots, writeQuota } from '../quota.ts'

export const getquotaroot: ImapHandler<{ readonly name: 'GETQUOTAROOT'; readonly mailbox: string }> = {
  updates: 'none',
  async *run({ mailbox }, { parts: { settings }, store }) {
    const roots = limitedRoots(settings)
    if (roots.length === 0 && quotaRoots(settings).length > 0) return ok('No quota')
    yield `* QUOTAROOT ${[mailbox, ...roots.map(({ name }) => name)].map(astringOut).join(' ')}\r\n`
    for (const root of roots) yield await writeQuota(root, store)
    return ok('Getquotaroot completed')
  },
}

export const getquota: ImapHandler<QuotaRoot> = {
  updates: 'none',
  async *run({ name, root }, { parts: { settings }, store }) {
    if (name === 'SETQUOTA') return no('Quota can be changed only by admin')
    const known = quotaRoots(settings).find((one) => one.name === root)
    if (known === undefined) return no("Quota root doesn't exist")
    if (limitedRoots(settings).some((one) => one.name === root)) yield await writeQuota(known, store)
    return ok('Getquota completed')
  },
}
