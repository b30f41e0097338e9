/**
 * How much a user may keep, and does: quota_rule of the plugin section, counted over the user's folders.
 *
 * Dovecot 2.3, quota plugin; RFC 2087.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { readDovecotSize } from '#config/dovecot-values.ts'
import type { MailStore } from '#mailbox/mail-store.ts'

export type Quota = {
  readonly root: string
  /** Bytes and messages; null: as many as one likes. */
  readonly storage: number | null
  readonly messages: number | null
}

/** The commands are there when the quota plugins are, and a quota is. */
export const hasQuota = (settings: DovecotSettings): boolean =>
  settings.list('mail_plugins').includes('imap_quota') && settings.plugin('quota') !== null

export function readQuota(settings: DovecotSettings): Quota | null {
  const [, root = ''] = (settings.plugin('quota') ?? '').split(':')
  if (!settings.list('mail_plugins').includes('quota') || settings.plugin('quota') === null) return null
  const rule = (settings.plugin('quota_rule') ?? '').split(':')
  if (rule[0] !== '*') return { root, storage: null, messages: null }
  const limit = (key: string) => rule.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1)
  const storage = limit('storage')
  const size = storage === undefined ? null : readDovecotSize(/^\d+$/.test(storage) ? `${storage}k` : storage)
  const messages = limit('messages')
  return {
    root,
    storage: size?.ok === true && size.value > 0 ? size.value : null,
    messages: messages !== undefined && Number(messages) > 0 ? Number(messages) : null,
  }
}

export async function usedQuota(store: MailStore): Promise<{ size: number; messages: number }> {
  let size = 0
  let messages = 0
  for (const folder of await store.folders()) {
    if (!folder.selectable) continue
    const status = await store.status(folder.name)
    size += status.size
    messages += status.messages
  }
  return { size, messages }
}
