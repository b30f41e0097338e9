/**
 * How much a user may keep, as IMAP tells it: of each quota the limits for all folders, and what is taken of them.
 *
 * Dovecot 2.3, imap_quota plugin; RFC 2087.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { MailStore } from '#mailbox/mail-store.ts'
import { limitsFor, quotaRoots, quotaUsage, type QuotaRoot } from '#mailbox/quota.ts'
import { astringOut } from '#protocol/imap/quoting.ts'

/** The commands are there when the quota plugins are, and a quota is. */
export const hasQuota = (settings: DovecotSettings): boolean =>
  settings.list('mail_plugins').includes('imap_quota') && settings.plugin('quota') !== null

/** What limits nothing has no root. */
export const limitedRoots = (settings: DovecotSettings): readonly QuotaRoot[] =>
  quotaRoots(settings).filter((root) => {
    const limits = generalLimits(root)
    return limits.bytes > 0 || limits.messages > 0
  })

/** A name that no folder has: only the rule for all fits it. */
const generalLimits = (root: QuotaRoot) => limitsFor(root, '') ?? { bytes: 0, messages: 0 }

/** In kilobytes, rounded up. */
export async function writeQuota(root: QuotaRoot, store: MailStore): Promise<string> {
  const used = await quotaUsage(store, root)
  const { bytes, messages } = generalLimits(root)
  const items: string[] = []
  if (bytes > 0) items.push(`STORAGE ${Math.ceil(used.bytes / 1024)} ${Math.ceil(bytes / 1024)}`)
  if (messages > 0) items.push(`MESSAGE ${used.messages} ${messages}`)
  return `* QUOTA ${astringOut(root.name)} (${items.join(' ')})\r\n`
}
