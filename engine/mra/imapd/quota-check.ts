/** Whether there is room for more: asked before a message is saved. Dovecot 2.3, quota plugin. */
import type { Uid } from '#mailbox/mail-store.ts'
import type { Account } from './account.ts'
import { isLooked } from './looked.ts'
import { no } from './outcome.ts'
import { readQuota, usedQuota } from './quota.ts'
import { Refusal } from './refusal.ts'

export type Wanted =
  | { readonly messages: number; readonly size: number }
  | { readonly messages: number; readonly uids: readonly Uid[] }

export async function refuseOverQuota(account: Account, wanted: Wanted): Promise<void> {
  const quota = readQuota(account.parts.settings)
  if (quota === null || (quota.storage === null && quota.messages === null)) return
  const used = await usedQuota(account.store)
  const size = 'size' in wanted ? wanted.size : await sizeOf(account, wanted.uids)
  const full =
    (quota.storage !== null && used.size + size > quota.storage) ||
    (quota.messages !== null && used.messages + wanted.messages > quota.messages)
  if (full) throw new Refusal(no('Quota exceeded (mailbox for user is full)', 'OVERQUOTA'))
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
