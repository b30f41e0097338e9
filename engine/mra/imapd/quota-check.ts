/** Whether there is room for more: asked before a message is saved. Dovecot 2.3, quota plugin. */
import type { Uid } from '#mailbox/mail-store.ts'
import { limitsFor, quotaRoots, quotaUsage } from '#mailbox/quota.ts'
import type { Account } from './account.ts'
import { isLooked } from './looked.ts'
import { no, type Tagged } from './outcome.ts'
import { Refusal } from './refusal.ts'

export type Wanted = {
  /** Where it is to go, as the store names it. */
  readonly folder: string
  readonly messages: number
} & ({ readonly size: number } | { readonly uids: readonly Uid[] })

export async function refuseOverQuota(account: Account, wanted: Wanted): Promise<void> {
  const problem = await overQuota(account, wanted)
  if (problem !== null) throw new Refusal(problem)
}

/** What a client hears for whom there is no room; null when there is. No grace: that is for deliveries. */
export async function overQuota(account: Account, wanted: Wanted): Promise<Tagged | null> {
  const { settings } = account.parts
  for (const root of quotaRoots(settings)) {
    const limits = root.enforced === 'no' ? null : limitsFor(root, wanted.folder)
    if (limits === null || (limits.bytes === 0 && limits.messages === 0)) continue
    const used = await quotaUsage(account.store, root)
    const size = 'size' in wanted ? wanted.size : await sizeOf(account, wanted.uids)
    const full =
      (limits.bytes > 0 && used.bytes + size > limits.bytes) ||
      (limits.messages > 0 && used.messages + wanted.messages > limits.messages)
    const text = settings.plugin('quota_exceeded_message') ?? 'Quota exceeded (mailbox for user is full)'
    if (full) return no(text, 'OVERQUOTA')
  }
  return null
}

async function sizeOf(account: Account, uids: readonly Uid[]): Promise<number> {
  const { view } = account
  await view.mailbox.load(uids)
  let size = 0
  for (const uid of uids) {
    const entry = view.entries[view.numberOf(uid) - 1]
    if (entry !== undefined && isLooked(entry)) size += entry.size
  }
  return size
}
