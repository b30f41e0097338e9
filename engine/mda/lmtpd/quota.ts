/**
 * A limit of what one user may keep: `quota_rule = *:storage=10M:messages=500`, over all folders.
 *
 * Dovecot 2.3, quota plugin.
 */
import { readDovecotSize } from '#config/dovecot-values.ts'
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { MailStore } from '#mailbox/mail-store.ts'

export type QuotaLimits = { readonly messages: number; readonly bytes: number }

/** Null: no quota is on. */
export function quotaLimits(settings: DovecotSettings): QuotaLimits | null {
  if (!settings.list('mail_plugins').includes('quota') || settings.plugin('quota') === null) return null
  const rules = ['quota_rule', 'quota_rule2', 'quota_rule3'].map((key) => settings.plugin(key) ?? '')
  let messages = Infinity
  let bytes = Infinity
  for (const rule of rules) {
    const [mailbox, ...limits] = rule.split(':')
    if (mailbox !== '*') continue
    for (const limit of limits) {
      const [name = '', value = ''] = limit.split('=')
      if (name === 'messages' && /^\d+$/.test(value)) messages = Number(value) || Infinity
      if (name === 'storage') bytes = sizeOf(/[a-z]$/i.test(value) ? value : `${value}k`) || Infinity
      if (name === 'bytes') bytes = sizeOf(value) || Infinity
    }
  }
  return messages === Infinity && bytes === Infinity ? null : { messages, bytes }
}

/** Whether a letter of so many bytes is too much. */
export async function exceedsQuota(store: MailStore, limits: QuotaLimits, size: number): Promise<boolean> {
  let messages = 1
  let bytes = size
  for (const folder of await store.folders()) {
    if (!folder.selectable) continue
    const status = await store.status(folder.name)
    messages += status.messages
    bytes += status.size
  }
  return messages > limits.messages || bytes > limits.bytes
}

function sizeOf(text: string): number {
  const read = readDovecotSize(text)
  return read.ok ? read.value : 0
}
