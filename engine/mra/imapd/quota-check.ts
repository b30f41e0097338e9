/** Whether there is room for more: asked before a message is saved. Dovecot 2.3, quota plugin. */
import type { Uid } from '#mailbox/mail-store.ts'
import type { Account } from './account.ts'
import { isLooked } from './looked.ts'
import { no, type Tagged } from './outcome.ts'
import { readQuota, usedQuota } from './quota.ts'
import { Refusal } from './refusal.ts'

export type Wanted =
  | { readonly messages: number; readonly size: number }
  | { readonly messages: number; readonly uids: readonly Uid[] }

export async function refuseOverQuota(account: Account, wanted: Wanted): Promise<void> {
  const problem = await overQuota(account, wanted)
  if (problem !== null) throw new Refusal(problem)
}

/** What a client hears for whom there is no room; null when there is. */
export async function overQuota(account: Account, wanted: Wanted): Promise<Tagged | null> {
  const { settings } = account.parts
  const quota = readQuota(settings)
  if (quota === null || (quota.storage === null && quota.messages === null)) return null
  const used = await usedQuota(account.store)
  const size = 'size' in wanted ? wanted.size : await sizeOf(account, wanted.uids)
  const full =
    (quota.storage !== null && used.size + size > quota.storage) ||
    (quota.messages !== null && used.messages + wanted.messages > quota.messages)
  const text = settings.plugin('quota_exceeded_message') ?? 'Quota exceeded (mailbox for user is full)'
  return full ? no(text, 'OVERQUOTA') : null
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
